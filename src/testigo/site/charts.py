"""Small charts as SVG: they decorate numbers that stand beside them as text, so screen readers skip them.

Lengths are percentages and colours attributes or classes: no inline style, so a strict content policy allows them.
"""

from markupsafe import Markup

_BAR = Markup(
    '<svg class="bar" width="100%" height="{0}" aria-hidden="true"><rect class="rail" width="100%" height="{0}"/>'
    '<rect width="{1}" height="{0}" {2}/></svg>'
)
_SWATCH = Markup(
    '<svg class="sw" width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="{}"/></svg>'
)
_COVERAGE = Markup(
    '<svg class="bar cover" width="100%" height="16" aria-hidden="true"><defs><pattern id="h-{0}" width="6" '
    'height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="3" '
    'height="6"/></pattern></defs><rect class="rail" width="100%" height="16"/>{1}</svg>'
)


def percent_of(part: int, whole: int) -> str:
    """The length of a part as SVG spells it: between 0% and 100%, one decimal; 0% where the whole is 0."""
    tenths = min(1000, max(0, part) * 1000 // whole) if whole > 0 else 0
    return f"{tenths // 10}.{tenths % 10}%"


def bar(part: int, whole: int, colour: str) -> Markup:
    """A bar as long as the part's share, in the choice's colour."""
    return _BAR.format(10, percent_of(part, whole), Markup('fill="{}"').format(colour))


def thin_bar(part: int, whole: int) -> Markup:
    """A thin bar of counted stations among those expected."""
    return _BAR.format(6, percent_of(part, whole), Markup('class="counted"'))


def swatch(colour: str) -> Markup:
    """A small square in the choice's colour, to be put before its name."""
    return _SWATCH.format(colour)


def coverage_bar(counted: int, quarantined: int, received: int, expected: int, *, key: str) -> Markup:
    """A bar of all expected stations: counted solid, quarantined hatched, received without figures pale, rest empty.

    `key` makes the id of the hatching unique on its page.
    """
    waiting = max(0, received - counted - quarantined)
    parts = []
    start = 0
    for css, number in (("counted", counted), ("held", quarantined), ("waiting", waiting)):
        if number:
            fill = Markup(' fill="url(#h-{})"').format(key) if css == "held" else Markup("")
            parts.append(
                Markup('<rect class="{}" x="{}" width="{}" height="16"{}/>').format(
                    css, percent_of(start, expected), percent_of(number, expected), fill
                )
            )
        start += number
    return _COVERAGE.format(key, Markup("").join(parts))
