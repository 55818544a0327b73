"""What did not work is said in the language of whoever asks, and never names a place of the server's machine."""

import ast
from pathlib import Path

import pytest
from served import Served
from test_plain import filled, posted

import testigo
from testigo.errors import BadPhoto, BadUsage, CannotWrite, NotAllowed
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.words import words_of
from testigo.web.guard import OTHER_ROLE
from testigo.web.sentences import NO_PHOTO, NOT_NOW, OF_PHOTOS, SENTENCES, said_in, told_sentence
from testigo.web.spool import NOT_KEPT

SOURCE = Path(testigo.__file__).parent
MODULES = ("app", "guard", "enrol", "plain", "problems", "outcome", "spool", "bodies", "board")
ERRORS = {"NotAllowed", "BadUsage", "TooMany", "NotFound", "CannotWrite"}
SPANISH, ARABIC = (words_of(language, PEOPLE_LANGUAGES) for language in ("es", "ar"))


def texts_in(path: Path, *, raised: bool) -> list[str]:
    """The texts of a module with `7` in their gaps; of errors alone where `raised`."""
    tree = ast.parse(path.read_text("utf-8"))
    places: list[ast.AST] = [tree]
    if raised:
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        places = [argument for call in calls if call.func.id in ERRORS for argument in call.args[:1]]  # type: ignore[attr-defined]
    found = []
    for place in places:
        inside = {id(part) for node in ast.walk(place) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
        for node in ast.walk(place):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
                found.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
                found.append(node.value)
    return found


def test_every_sentence_that_pages_of_people_can_say_is_known_to_the_catalogues() -> None:
    said = [text for name in MODULES for text in texts_in(SOURCE / "web" / f"{name}.py", raised=True)]
    # What is said of JSON is read by programs.
    unknown = [text for text in said if "JSON" not in text and said_in(SPANISH, BadUsage(text)) == text]
    assert (len(said) > 15, unknown) == (True, [])


def test_no_sentence_is_kept_that_nobody_says() -> None:
    files = [*(SOURCE / "web").glob("*.py"), *(SOURCE / "flows").glob("*.py")]
    said = {text for path in files if path.name != "sentences.py" for text in texts_in(path, raised=False)}
    assert set(SENTENCES) - {NOT_NOW} <= said


def test_a_sentence_with_a_number_is_said_in_every_language() -> None:
    error = BadUsage("page: expected a number from 1 to %(most)s", most=20)
    assert str(error) == "page: expected a number from 1 to 20"
    assert said_in(SPANISH, error) == "página: se esperaba un número de 1 a 20"
    assert "20" in said_in(ARABIC, error)
    assert said_in(SPANISH, BadUsage("a sentence of a module to come")) == "a sentence of a module to come"


def test_roles_in_a_sentence_are_said_in_its_language() -> None:
    told = said_in(SPANISH, NotAllowed(OTHER_ROLE, roles="observer, steward", role="clerk"))
    assert told == "Esto es para: observador, coordinador. Su sesión es de: transcriptor."


@pytest.mark.parametrize("cause", ["foreign", "polyglot", "empty", *OF_PHOTOS])
def test_a_photo_that_is_refused_is_told_in_plain_words(cause: str) -> None:
    told = said_in(SPANISH, BadPhoto(cause, "byte 77: expected a marker"))
    assert told == SPANISH.gettext(OF_PHOTOS.get(cause, NO_PHOTO)) != OF_PHOTOS.get(cause, NO_PHOTO)
    assert "77" not in told


def test_places_of_this_machine_are_told_to_nobody_but_its_people(capsys: pytest.CaptureFixture[str]) -> None:
    error = CannotWrite("/srv/home/private.sqlite: the database cannot be read or written: disk full")
    assert (told_sentence(error), "/srv/home" in capsys.readouterr().err) == (NOT_NOW, True)
    assert told_sentence(CannotWrite(NOT_KEPT, why="File too large")) == NOT_KEPT % {"why": "File too large"}


def test_pages_say_what_did_not_work_in_the_language_that_is_asked(server: Served) -> None:
    asked = (
        ("/board", "Esto es para: observador, coordinador. Abra primero el enlace de su invitación."),
        ("/nowhere", "Aquí no hay nada."),
    )
    for path, sentence in asked:
        assert sentence in server.anyone().get(path, **{"Accept-Language": "es"}).text
    (path,) = server.link("clerk")
    assert server.anyone().post(path).status == 303
    assert "esta invitación ya se usó" in server.anyone().post(path, **{"Accept-Language": "es"}).text


def test_the_form_without_scripts_says_it_too(phones: Served) -> None:
    fields = filled(phones)
    for change, sentence in (
        ({"page": "99"}, "página: se esperaba un número de 1 a 20"),
        ({"photo": b"GIF89a" + bytes(3000)}, SPANISH.gettext(NO_PHOTO)),
        ({"pass": "A" * 43}, "este pase ya no admite fotos"),
    ):
        assert sentence in posted(phones.anyone(), fields | change, **{"Accept-Language": "es"}).text
