"""Records out of asv's results, through asv's own API: one for each combination of parameters of a commit."""

import ast
import itertools
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rasterbout.errors import BadInput
from rasterbout.record import Record

TIME = re.compile(r"(\w+)\.Time\.time_operation")
PARAMETERS = ["backend", "chunk", "workers", "size"]
FAILED = "it failed; asv keeps no reason, see asv run --show-stderr"
MISSING = "asv shows n/a and the suite has written down no reason"
TILE, LAYOUT, COMPRESSION, CACHE = "s2-tile", "tiled", "none", "warm"  # what the suite measures on and writes

Reasons = dict[tuple[str, str], str]


def holds_asv_results(folder: Path) -> bool:
    """Whether ``folder`` is where asv keeps its results."""
    return (folder / "benchmarks.json").is_file()


def asv_records(folder: Path) -> Iterator[tuple[str, list[Record]]]:
    """Yield machine, commit and environment, and the records, of each result in ``folder``.

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
        raise BadInput(f"{benchmark} has not the parameters {', '.join(PARAMETERS)}; measure it again with this suite")
    combinations = [[ast.literal_eval(value) for value in values] for values in itertools.product(*params)]
    values = results.get_result_value(benchmark, params)
    samples = results.get_result_samples(benchmark, params)
    peaks = _tracked(results, f"{operation}.Track.track_peak_memory", params)
    errors = _tracked(results, f"{operation}.Track.track_max_error", params)
    started_at = datetime.fromtimestamp(results.started_at.get(benchmark, results.date) / 1000, UTC).isoformat()
    for combination, value, sampled, peak, error in zip(combinations, values, samples, peaks, errors, strict=True):
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
            peak_bytes=None if peak is None else int(peak),
            max_error=error,
            versions={name: str(version) for name, version in results.params.items() if name != "machine"},
            started_at=started_at,
        )


def _tracked(results: Any, benchmark: str, params: list[list[str]]) -> list[float | None]:
    """Return the figures of a benchmark beside the times, None where there is none."""
    if benchmark not in results.get_all_result_keys():
        return [None] * math.prod(len(values) for values in params)
    figures = results.get_result_value(benchmark, params)
    return [None if figure is None or math.isnan(figure) else figure for figure in figures]


def _reasons(file: Path) -> Reasons:
    """Return why a backend shows as n/a, as the suite has written it down: machine, backend, operation, reason."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    parts = (line.split(": ", 3) for line in lines)
    return {(backend, operation): reason for _, backend, operation, reason in parts}
