"""Which conformance checks run at which level.

Running every check on every backend takes longer than people wait for before each commit. The cover
of ``make test`` is computed from the checks themselves, so that new cases and new backends join it:

- Checks are sorted into kinds: a check function, together with the layout it writes, or else the
  operation it does.
- The first check of each kind runs on every backend. So does every check of a kind that has neither
  (sessions, cleaning up).
- Each further check runs on one backend of each *side*, in turn: dask; rasterio and numba; the tools,
  GDAL and OTB. A backend that belongs to none of them is a side of its own.

So every check runs on three backends that share little code, and no two neighbouring checks on the
same three. The sides of dask and of rasterio declare no gaps, so that a case stays judged at least twice
where a tool cannot do it; `test_cover.py` holds this against the gaps that backends declare.

``make test-fast`` keeps, of the backends that start quickly, the first check of each kind.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["fast", "cover", "full"]

SIDES = {"dask": "dask", "rasterio": "rasterio", "numba": "rasterio", "gdal": "tools", "otb": "tools"}
"""Backends by the first word of their names: those of one side share most of their code, or are slow to start."""

FAST = ("rasterio-windows", "numba-fused")


@dataclass(frozen=True)
class Check:
    """One check of one backend: its kind, and its name within the class."""

    backend: str
    kind: Hashable
    name: str


def levels(checks: Iterable[Check]) -> dict[Check, Level]:
    """Return the quickest level that each check belongs to."""
    kinds: dict[Hashable, dict[str, list[Check]]] = defaultdict(lambda: defaultdict(list))
    for check in checks:
        kinds[check.kind][check.name].append(check)
    found: dict[Check, Level] = {}
    for number, of_kind in enumerate(kinds.values()):
        for position, same in enumerate(of_kind.values()):
            chosen = {check.backend for check in same} if position == 0 else _in_turn(same, number + position)
            for check in same:
                fast = position == 0 and check.backend in FAST
                found[check] = "fast" if fast else "cover" if check.backend in chosen else "full"
    return found


def _in_turn(checks: list[Check], turn: int) -> set[str]:
    """Return one backend of each side."""
    sides: dict[str, list[str]] = defaultdict(list)
    for name in sorted(check.backend for check in checks):
        sides[side(name)].append(name)
    return {names[turn % len(names)] for names in sides.values()}


def side(backend: str) -> str:
    """Return the side of a backend."""
    return SIDES.get(backend.split("-", maxsplit=1)[0], backend)
