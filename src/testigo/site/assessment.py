"""The pages of an assessment in Spanish and English: HTML for the site, Markdown for the bundle."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from testigo.assessment.claims import LAYERS, Assessment, Method
from testigo.core.election import Election
from testigo.site.assessed import Section, sections_of
from testigo.site.numbers import numbers_of
from testigo.site.paths import LANGUAGES, assessment_page
from testigo.site.press import Press
from testigo.site.teller import Teller
from testigo.site.words import words_of


def teller_of(election: Election, language: str) -> Teller:
    """How claims about an election are told in a language."""
    words = words_of(language)
    names = {one.id: one.name for one in election.plan.collections} | {one.id: one.name for one in election.sources}
    return Teller(election, names, words.gettext, words.ngettext, numbers_of(language))


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with how it was worked out, in words; `rests` names stations, seeds and version."""

    section: Section
    method: Method
    rests: str


def layers_told(teller: Teller) -> tuple[tuple[str, str, str], ...]:
    """Every layer with its name and what it means."""
    told = {
        "arithmetic": (
            teller._("Arithmetic"),
            teller._("No probability: sums and bounds. It needs genuine sheets and, where it says so, a register."),
        ),
        "design": (
            teller._("Chance that somebody chose"),
            teller._("Probabilities of random draws that were really made, or are planned. No model of the voters."),
        ),
        "model": (
            teller._("Estimates"),
            teller._(
                "Valid only under an assumption about the missing stations; never told without other assumptions."
            ),
        ),
        "screen": (
            teller._("Screens"),
            teller._("Lists of sheets to be looked at again. A screen is never a claim about the election."),
        ),
    }
    return tuple((layer, *told[layer]) for layer in LAYERS)


def assessment_pages(
    assessment: Assessment, election: Election, presses: Mapping[str, Press]
) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the page in every language; `presses` print in these languages."""
    for language, _ in LANGUAGES:
        teller = teller_of(election, language)
        path = assessment_page(language)
        yield path, presses[language].page("assessment.html", path, **_values(assessment, teller, language))


def _values(assessment: Assessment, teller: Teller, language: str) -> dict[str, object]:
    methods = {method.id: method for method in assessment.methods}
    sections = sections_of(assessment, teller)
    return {
        "sentences": tuple(teller.sentence(sentence) for sentence in assessment.sentences),
        "layers": layers_told(teller),
        "sections": tuple(
            {
                **{name: getattr(section, name) for name in Section.__slots__},
                "method": _told(methods[section.anchor], teller),
                "rests": _rests(assessment, section, teller),
            }
            for section in sections
        ),
        "several": len(teller.election.contests) > 1,
        "others": tuple((code, name, assessment_page(code)) for code, name in LANGUAGES if code != language),
        "version": assessment.version,
    }


def _told(method: Method, teller: Teller) -> dict[str, str]:
    return {
        "assumption": teller.gettext(method.assumption),
        "control": teller.gettext(method.control) if method.control else "",
        "source": teller.gettext(method.source),
    }


def _rests(assessment: Assessment, section: Section, teller: Teller) -> str:
    claims = [one for one in assessment.of(section.anchor) if one.n]
    stations = sorted({claim.n for claim in claims})
    seeds = sorted({claim.seed for claim in claims if claim.seed})
    told = [teller._("testigo %(version)s", version=assessment.version)]
    if stations:
        several = teller.whole(stations[0]) + (f"–{teller.whole(stations[-1])}" if len(stations) > 1 else "")
        told.append(teller._("%(number)s stations", number=several))
    if seeds:
        told.append(teller._("seed %(seed)s", seed=", ".join(seeds)))
    return " · ".join(told)


def assessment_markdown(assessment: Assessment, election: Election, language: str) -> bytes:
    """The assessment to read as Markdown: the same sentences and tables as the page, without its pictures."""
    teller = teller_of(election, language)
    templates = Environment(
        loader=PackageLoader("testigo.site", "templates"),
        autoescape=False,  # noqa: S701 - Markdown, not HTML; the filter below keeps its tables whole
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["cell"] = _cell
    size = teller.whole(assessment.log_size)
    text = templates.get_template("assessment.md").render(
        **_values(assessment, teller, language),
        title=teller._("What can be claimed"),
        election_name=election.name,
        made_from=teller._("Made from the first %(size)s records of the published log.", size=size),
        words={
            "assumes": teller._("It assumes"),
            "control": teller._("Where it finds nothing"),
            "source": teller._("Source"),
            "rests": teller._("Rests on"),
            "nothing": teller._("Nothing is claimed in this layer."),
        },
    )
    return text.encode()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
