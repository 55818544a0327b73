"""The public copies of photos: each present with its hash and size, or withheld by a record."""

from collections.abc import Iterable, Iterator, Mapping

from testigo.core.form import Form
from testigo.core.ids import Digest
from testigo.core.reading import MASK_NONE
from testigo.core.records import Record, Rendition
from testigo.core.state import State, current_readings
from testigo.verification.files import BundleFiles
from testigo.verification.places import OBJECTS, object_name
from testigo.verification.report import Step, graded


def check_objects(
    files: BundleFiles, state: State, records: Iterable[Record | None], forms: Mapping[str, Form]
) -> Step:
    """The step `objects`. A copy may be absent where its photo is withheld or a later copy stands in its place.

    `forms` are those of the election; none where its rules are not known.
    """
    records = tuple(records)
    sizes: dict[Digest, int] = {}
    for record in records:
        if type(record) is Rendition:
            sizes[record.sha256] = record.size
    wanted = [rendition for photo, rendition in sorted(state.renditions.items()) if photo not in state.withheld]
    shown = [rendition for rendition in wanted if rendition.sha256 not in state.withheld]
    present = {name for name in files.names() if name.startswith(OBJECTS)}
    known = {object_name(sha256): sha256 for sha256 in sizes}
    missing = [
        f"{object_name(r.sha256)}: the public copy of photo {r.photo} is missing, and no record withholds it"
        for r in shown
        if object_name(r.sha256) not in present
    ]
    wrong = [problem for record in records if type(record) is Rendition for problem in _masked(record, state)]
    wrong += _uncovered(wanted, state, forms)
    for name in sorted(present):
        sha256 = known.get(name)
        if sha256 is None:
            wrong.append(f"{name}: no record names this object")
        elif files.size(name) != sizes[sha256]:
            wrong.append(f"{name}: expected {sizes[sha256]} bytes as the log says, came {files.size(name)}")
        elif files.sha256(name) != sha256:
            wrong.append(f"{name}: its hash is not its name")
    held = sum(photo not in state.renditions and photo not in state.withheld for photo in state.photos)
    sentence = (
        f"{len(present)} public copies of {len(state.photos)} photos with their hashes; "
        f"{len(state.withheld)} withheld, {held} held and not published"
    )
    return graded("objects", sentence, wrong=wrong, missing=missing)


def _masked(rendition: Rendition, state: State) -> Iterator[str]:
    """What is wrong with what a public copy claims to be: the photo itself, or another picture."""
    masters = {(photo.sha256, photo.size, photo.media) for photo in state.photos.get(rendition.photo, ())}
    if rendition.mask == MASK_NONE and (rendition.sha256, rendition.size, rendition.media) not in masters:
        yield f"the public copy of photo {rendition.photo}: it is said to be the photo itself, and is another file"
    # Of its own photo only: who sends a published copy in makes a photo with that hash.
    if rendition.mask != MASK_NONE and rendition.sha256 == rendition.photo:
        yield f"the public copy of photo {rendition.photo}: it is said to be covered in parts, and is that photo itself"


def _uncovered(shown: Iterable[Rendition], state: State, forms: Mapping[str, Form]) -> Iterator[str]:
    """Photos that are shown as they came, though their form shows personal data."""
    readings = current_readings(state)
    for rendition in shown:
        found = readings.get(rendition.photo)
        form = forms.get(found[1].form or "") if found is not None else None
        if rendition.mask == MASK_NONE and form is not None and form.personal:
            copy = f"the public copy of photo {rendition.photo}"
            yield f"{copy}: it is that photo itself, and its form {form.id} shows personal data"
