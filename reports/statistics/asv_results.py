"""Records from asv's results, read by asv's API: one for each combination of parameters of a commit."""

import ast
import itertools
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

from rasterbout.errors import BadInput
from rasterbout.measures import TABLE, Measure, Measures
from rasterbout.record import Record

TIME = re.compile(r"(\w+)\.Time\.time_operation")
PARAMETERS = ["backend", "chunk", "workers", "size"]
FAILED = "it failed; asv keeps no reason, see asv run --show-stderr"
MISSING = "asv shows n/a, and the suite recorded no reason"
TILE, LAYOUT, COMPRESSION, CACHE = "s2-tile", "tiled", "none", "warm"  # the inputs and outputs of the suite

Reasons = dict[tuple[str, str], str]


def holds_asv_results(folder: Path) -> bool:
    """Whether ``folder`` is where asv keeps its results."""
    return (folder / "benchmarks.json").is_file()


def asv_records(folder: Path) -> Iterator[tuple[str, list[Record]]]:
    """Yield a name (machine, commit and environment) and the records of each result in ``folder``.

    Raises
    ------
    BadInput
        asv is not installed here, or a result is not readable.
    """
    try:
        from asv.results import iter_results  # noqa: PLC0415  asv is not needed for anything else
    except ImportError as error:
        raise BadInput(f"{folder}: holds results of asv, which is not installed; pip install asv") from error
    reasons = _reasons(folder / "unavailable.txt")
    for results in iter_results(str(folder)):
        name = f"{results.params['machine']} {results.commit_hash[:8]} {results.env_name}"
        operations = [found[1] for key in results.get_all_result_keys() if (found := TIME.fullmatch(key))]
        yield name, [record for operation in operations for record in _records(results, operation, reasons)]


def _records(results: Any, operation: str, reasons: Reasons) -> Iterator[Record]:
    benchmark = f"{operation}.Time.time_operation"
    params = results.get_result_params(benchmark)
    if len(params) != len(PARAMETERS):
        raise BadInput(
            f"{benchmark} has other parameters than {', '.join(PARAMETERS)}; measure it again with this suite"
        )
    combinations = [[ast.literal_eval(value) for value in values] for values in itertools.product(*params)]
    values = results.get_result_value(benchmark, params)
    samples = results.get_result_samples(benchmark, params)
    tracked = _tracked_measures(results, operation, params)
    started_at = datetime.fromtimestamp(results.started_at.get(benchmark, results.date) / 1000, UTC).isoformat()
    for combination, value, sampled, measured in zip(combinations, values, samples, tracked, strict=True):
        backend, chunk, workers, size = combination
        timed = value is not None and not math.isnan(value)
        yield Record(
            operation=operation,
            backend=backend,
            dataset=TILE,
            size=size,
            layout=LAYOUT,
            compress=COMPRESSION,
            chunk=chunk,
            workers=workers,
            threads=1,
            cache_asked=CACHE,
            round=1,
            status="ok" if timed else "crashed" if value is None else "unavailable",
            reason="" if timed else FAILED if value is None else reasons.get((backend, operation), MISSING),
            wall_s=list(sampled or [value]) if timed else [],
            **measured,
            versions={name: str(version) for name, version in results.params.items() if name != "machine"},
            started_at=started_at,
        )


def _tracked_measures(results: Any, operation: str, params: list[list[str]]) -> Iterator[dict[str, Any]]:
    """Yield, for each combination of parameters, the fields of a record that asv tracks."""
    tracked = [one for one in TABLE if one.asv]
    columns = [_tracked(results, f"{operation}.Track.track_{one.asv}", params) for one in tracked]
    for values in zip(*columns, strict=True):
        yield {one.name: _held(one, value) for one, value in zip(tracked, values, strict=True) if value is not None}


def _held(measure: Measure, value: float) -> Any:
    """Return a tracked number as the type of the record's field."""
    if measure.repeats == "each":
        return [value]
    return int(value) if int in get_args(get_type_hints(Measures)[measure.name]) else value


def _tracked(results: Any, benchmark: str, params: list[list[str]]) -> list[float | None]:
    """Return the values of a tracking benchmark, None where there is none."""
    if benchmark not in results.get_all_result_keys():
        return [None] * math.prod(len(values) for values in params)
    found = results.get_result_value(benchmark, params)
    return [None if value is None or math.isnan(value) else value for value in found]


def _reasons(file: Path) -> Reasons:
    """Return why a backend shows as n/a; the suite writes lines of machine, backend, operation and reason."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    parts = (line.split(": ", 3) for line in lines)
    return {(backend, operation): reason for _, backend, operation, reason in parts}
