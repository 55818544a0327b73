"""Areas as squares of one size, filled from below by their share of stations with a sheet: land votes in no election.

It decorates the table beside it, so screen readers skip it. No inline style: a strict content policy allows it.
"""

from collections.abc import Sequence
from math import ceil, sqrt

from markupsafe import Markup

from testigo.flows.board import AreaRow

SIDE, GAP = 92, 8
_MOST_SIGNS = 12
_TILE = Markup(
    '<g transform="translate({x} {y})"><title>{told}</title><rect class="rail" width="{side}" height="{side}"/>'
    '<rect class="{kind}" y="{top}" width="{side}" height="{high}"/><text x="{middle}" y="40" text-anchor="middle">'
    '{name}</text><text x="{middle}" y="60" text-anchor="middle">{share}</text></g>'
)
_MAP = Markup(
    '<svg class="tiles" width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true"><defs>'
    '<pattern id="unknown" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch" width="3" height="8"/></pattern></defs>{tiles}</svg>'
)


def tile_map(rows: Sequence[AreaRow]) -> Markup:
    """One square an area, in the order given, as many in a row as in a column. Hatched is what nobody knows."""
    if not rows:
        return Markup("")
    across = ceil(sqrt(len(rows) * 1.6))
    tiles = [_tile(row, number % across, number // across) for number, row in enumerate(rows)]
    width, height = across * (SIDE + GAP), ceil(len(rows) / across) * (SIDE + GAP)
    return _MAP.format(width=width, height=height, tiles=Markup("").join(tiles))


def _tile(row: AreaRow, column: int, line: int) -> Markup:
    known = row.expected is not None and row.expected > 0
    parts = row.received / row.expected if known and row.expected else 1.0
    high = round(SIDE * min(parts, 1.0))
    name = row.name if len(row.name) <= _MOST_SIGNS else row.name[: _MOST_SIGNS - 1] + "…"
    return _TILE.format(
        x=column * (SIDE + GAP) + GAP // 2,
        y=line * (SIDE + GAP) + GAP // 2,
        side=SIDE,
        kind="part" if known else "unknown",
        top=SIDE - high,
        high=high,
        middle=SIDE // 2,
        name=name,
        share=f"{row.received * 100 // row.expected}%" if known and row.expected else "?",
        told=f"{row.name}: {row.received} / {row.expected if row.expected is not None else '?'}",
    )
