"""Keys and display names of tasks, cases and results.

Only this module makes keys and names. They derive from the fields of a record: of a `Record` (``vars``),
of a case (`rasterbout.case.Case.fields`), or of a row of a summary.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Fields = Mapping[Any, Any]
Key = tuple[object, ...]

TASK = ("dataset", "size", "operation", "parameters", "layout", "compress", "cache_asked", "inputs")
"""Fields of a task: records that agree in these are compared with each other."""

SETTING = ("backend", "chunk", "workers", "threads", "scheduler")
"""Fields of a setting, which is chosen to do a task."""

CASE = (*TASK, *SETTING)
"""Fields of a case, which is measured once per round."""

RESULT = tuple(name for name in TASK if name != "cache_asked")
"""Fields of a result: backends that agree in these must write the same pixels in the same layout."""

FLOOR = (*TASK, "workers", "threads", "scheduler")
"""Cases that agree in these have the same floor."""

GROWING = ("dataset", "operation", "parameters", "layout", "compress", "cache_asked")
"""Tasks that agree in these, ignoring grids, differ only in size."""


def key(fields: Fields, names: Iterable[str] = CASE) -> Key:
    """Return the values of ``names`` as a hashable tuple; by default the key of a case."""
    return tuple(plain(name, fields[name]) for name in names)


def plain(name: str, value: Any) -> object:
    """Return the value of a field as a number or a string."""
    if name == "parameters" and not isinstance(value, str):
        return json.dumps(value, sort_keys=True)
    if name == "inputs" and not isinstance(value, str):
        return " ".join(value)
    if name == "scheduler":  # its address may be another in the next run
        return bool(value)
    return str(value) if name == "chunk" else value


def growing_key(fields: Fields) -> Key:
    """Return the key shared by all tasks that differ only in size."""
    numbers = {name: value for name, value in parameters_in(fields).items() if not isinstance(value, dict)}
    return key({**fields, "parameters": numbers}, GROWING)


def common_parameters(fields: Fields, known: Collection[str]) -> dict[str, Any]:
    """Return the parameters that are in ``known``; older records have fewer."""
    return {name: value for name, value in parameters_in(fields).items() if name in known}


def parameters_in(fields: Fields) -> dict[str, Any]:
    """Return the parameters in ``fields``, decoded if they are JSON."""
    held = fields["parameters"]
    found: dict[str, Any] = json.loads(held) if isinstance(held, str) else dict(held)
    return found


def work_name(fields: Fields) -> str:
    """Return the display name of an operation and its parameters: ``downscale 10``, ``ndvi (nir band 4, red band 3)``.

    The first band of a file and grids are omitted.
    """
    parameters = parameters_in(fields)
    bands = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in sorted(parameters.items())
        if name.endswith("_band") and value != 1
    ]
    others = [
        str(value)
        for name, value in parameters.items()
        if not name.endswith(("_band", "_input")) and not isinstance(value, dict)
    ]
    return " ".join([fields["operation"], *others, *([f"({', '.join(bands)})"] if bands else [])])


def where(fields: Fields) -> str:
    """Return the dataset, layout and cache state of a task: ``s2-tile 2048, tiled, deflate, cache warm``."""
    return f"{_stored(fields)}, cache {fields['cache_asked']}"


def result_name(fields: Fields) -> str:
    """Return the display name of a result, without the cache state: ``ndvi on s2-tile 2048, tiled, deflate``."""
    return f"{work_name(fields)} on {_stored(fields)}"


def task_name(fields: Fields) -> str:
    """Return the display name of a task."""
    return f"{work_name(fields)} on {where(fields)}"


def task_names(tasks: Iterable[Fields]) -> dict[Key, str]:
    """Return a name for each task by its `TASK` key, with grids and files added where names would be equal."""
    by_key = {key(one, TASK): one for one in tasks}
    details = task_details(by_key.values())
    return {its_key: ", ".join(filter(None, (task_name(one), details[its_key]))) for its_key, one in by_key.items()}


def task_details(tasks: Iterable[Fields]) -> dict[Key, str]:
    """Return the details that distinguish tasks of equal `task_name`, by their `TASK` key; empty if unnecessary.

    The details are the grids if they differ, then the files, then all parameters.
    """
    by_key = {key(one, TASK): one for one in tasks}
    groups: dict[str, list[Key]] = {}
    for its_key, one in by_key.items():
        groups.setdefault(task_name(one), []).append(its_key)
    return {its_key: text for group in groups.values() for its_key, text in _distinguished(group, by_key).items()}


def same_work_across_runs(fields: Fields) -> dict[Any, Any]:
    """Return ``fields`` without files and bands, which may differ between runs of the same task.

    Old records lack bands. Bands other than the first of a file remain in the name of the work.
    """
    grids = {name: value for name, value in parameters_in(fields).items() if isinstance(value, dict)}
    return {**fields, "inputs": "", "operation": work_name(fields), "parameters": grids}


def setting_name(fields: Fields) -> str:
    """Return the display name of a backend and its resources: ``otb-cli, chunk 512, 2 workers``."""
    count = fields["workers"] * fields["threads"]
    return f"{fields['backend']}, chunk {fields['chunk']}, {count} worker{'' if count == 1 else 's'}{_place(fields)}"


def _place(fields: Fields) -> str:
    return " of a scheduler" if fields.get("scheduler") else ""


def case_name(fields: Fields) -> str:
    """Return the display name of a case; see `case_names` for several."""
    workers = f"workers {fields['workers']}" + (f" x {fields['threads']}" if fields["threads"] != 1 else "")
    work = f"{work_name(fields)} {fields['backend']} on {where(fields)}"
    return f"{work}, chunk {fields['chunk']}, {workers}{_place(fields)}"


def case_names(cases: Iterable[Fields]) -> dict[Key, str]:
    """Return a name for each case by key, with files and parameters added where names would be equal."""
    by_key = {key(one): one for one in cases}
    seen = Counter(map(case_name, by_key.values()))
    return {
        its_key: case_name(one) if seen[case_name(one)] == 1 else f"{case_name(one)}, {_details(one)}"
        for its_key, one in by_key.items()
    }


def picture_name(fields: Fields) -> str:
    """Return the path of the picture of a backend's result, relative to the run folder, for any chunk and workers."""
    return f"pictures/{_file_stem(fields, key(fields, RESULT))}.npz"


def flames_name(fields: Fields) -> str:
    """Return the path of the sampled stacks of a case, relative to the run folder."""
    return f"flames/{_file_stem(fields, key(fields))}.txt"


def _file_stem(fields: Fields, its_key: Key) -> str:
    digest = hashlib.sha256(repr(its_key).encode()).hexdigest()[:12]
    backend = re.sub(r"[^\w-]", "_", fields["backend"])[:60]  # a plug-in may have any name
    return f"{fields['operation']}-{backend}-{digest}"


def _distinguished(group: list[Key], by_key: Mapping[Key, Fields]) -> dict[Key, str]:
    """Return the fewest details that distinguish tasks of equal name."""
    texts = dict.fromkeys(group, "")
    for describe in (_grids, _files, _parameters):
        if len(set(texts.values())) == len(group):
            break
        found = {its_key: describe(by_key[its_key]) for its_key in group}
        if len(set(found.values())) > 1:
            texts = {its_key: ", ".join(filter(None, (text, found[its_key]))) for its_key, text in texts.items()}
    return texts


def _stored(fields: Fields) -> str:
    return f"{fields['dataset']} {fields['size']}, {fields['layout']}, {fields['compress']}"


def _grids(fields: Fields) -> str:
    grids = (value for value in parameters_in(fields).values() if isinstance(value, dict))
    return ", ".join(f"onto {_grid(value)}" for value in grids)


def _grid(grid: Mapping[str, Any]) -> str:
    across, _, left, _, down, top = grid["transform"]
    crs = str(grid["crs"]).split("\n", maxsplit=1)[0][:40]
    pixels = f"{grid['width']} x {grid['height']} pixels of {abs(across):g} x {abs(down):g}"
    return f"{pixels} at ({left:.10g}, {top:.10g}), {crs}"


def _files(fields: Fields) -> str:
    return str(plain("inputs", fields["inputs"]))


def _parameters(fields: Fields) -> str:
    return str(plain("parameters", fields["parameters"]))


def _details(fields: Fields) -> str:
    return f"{_files(fields)}, {_parameters(fields)}"
