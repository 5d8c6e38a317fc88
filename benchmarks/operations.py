"""The benchmarks of every operation, including those of other distributions.

They are called ``<operation>.Time.time_operation`` and ``<operation>.Track.track_<measure>``.
"""

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from rasterbout.measure.energy import Energy
from rasterbout.measures import TABLE, Measure
from rasterbout.operations.registry import operations

from . import common

TRACKED = [one for one in TABLE if one.asv and (one.name != "energy_j" or not Energy().reason)]
"""Energy is left out where it cannot be read: its benchmarks would run every backend for nothing."""


def _named(function: FunctionType, name: str, **attributes: Any) -> FunctionType:
    """Return a copy of ``function`` that asv knows as ``name``."""
    copy = FunctionType(function.__code__, function.__globals__, function.__name__, None, function.__closure__)
    copy.__dict__.update(benchmark_name=name, **attributes)
    return copy


def _tracker(measure: Measure) -> Callable[..., float]:
    def track(self: common.Track, backend: str, *_: object) -> float:
        return measure.number(self.measure(backend)[measure.name])

    return track


def _classes(operation: str) -> Iterator[type]:
    time = _named(common.Time.do, f"{operation}.Time.time_operation")
    yield type(f"Time_{operation}", (common.Time,), {"operation": operation, "time_operation": time})
    tracked = {
        f"track_{one.asv}": _named(_tracker(one), f"{operation}.Track.track_{one.asv}", unit=one.unit_of_field)
        for one in TRACKED
    }
    yield type(f"Track_{operation}", (common.Track,), {"operation": operation, **tracked})


for _operation in operations():
    for _kind in _classes(_operation):
        globals()[_kind.__name__] = _kind
