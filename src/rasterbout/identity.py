"""What identifies a task, a case and a result, and what people call them.

Keys and names are made here alone, from the fields of a record: those of a `Record` (``vars``), of a
case (`rasterbout.case.Case.fields`), or of a row of a summary.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Fields = Mapping[Any, Any]
Key = tuple[object, ...]

TASK = ("dataset", "size", "operation", "parameters", "layout", "compress", "cache_asked", "inputs")
"""The same work: records that agree in these are compared with each other."""

SETTING = ("backend", "chunk", "workers", "threads")
"""What is chosen to do a task."""

CASE = (*TASK, *SETTING)
"""What is measured once a round."""

RESULT = tuple(name for name in TASK if name != "cache_asked")
"""The same pixels in the same layout: what the output of any backend is compared with."""

FLOOR = (*TASK, "workers", "threads")
"""Cases that agree in these have the same floor."""

GROWING = ("dataset", "operation", "parameters", "layout", "compress", "cache_asked")
"""Tasks that agree in these, grids left out, differ in size alone."""


def key(fields: Fields, names: Iterable[str] = CASE) -> Key:
    """Return the values of ``names`` so that they can be compared and hashed: by default what identifies a case."""
    return tuple(plain(name, fields[name]) for name in names)


def plain(name: str, value: Any) -> object:
    """Return the value of a field as a number or a text."""
    if name == "parameters" and not isinstance(value, str):
        return json.dumps(value, sort_keys=True)
    if name == "inputs" and not isinstance(value, str):
        return " ".join(value)
    return str(value) if name == "chunk" else value


def growing_key(fields: Fields) -> Key:
    """Return what tasks have in common that differ in size alone."""
    numbers = {name: value for name, value in parameters_in(fields).items() if not isinstance(value, dict)}
    return key({**fields, "parameters": numbers}, GROWING)


def common_parameters(fields: Fields, known: Collection[str]) -> dict[str, Any]:
    """Return those parameters that are among ``known``: older records hold fewer."""
    return {name: value for name, value in parameters_in(fields).items() if name in known}


def parameters_in(fields: Fields) -> dict[str, Any]:
    """Return the parameters that ``fields`` hold, as text or not."""
    held = fields["parameters"]
    found: dict[str, Any] = json.loads(held) if isinstance(held, str) else dict(held)
    return found


def work_name(fields: Fields) -> str:
    """Return what people call the operation with its parameters: ``downscale 10``, ``ndvi (red band 3, nir band 4)``.

    Bands that are the first of their file, and grids, are left out.
    """
    parameters = parameters_in(fields)
    bands = [
        f"{name.replace('_', ' ')} {value}"
        for name, value in parameters.items()
        if name.endswith("_band") and value != 1
    ]
    others = [
        str(value)
        for name, value in parameters.items()
        if not name.endswith(("_band", "_input")) and not isinstance(value, dict)
    ]
    return " ".join([fields["operation"], *others, *([f"({', '.join(bands)})"] if bands else [])])


def where(fields: Fields) -> str:
    """Return on what a task is done, and how its files are stored: ``s2-tile 2048, tiled, deflate, cache warm``."""
    return f"{_stored(fields)}, cache {fields['cache_asked']}"


def result_name(fields: Fields) -> str:
    """Return what people call a result, whatever the state of the cache: ``ndvi on s2-tile 2048, tiled, deflate``."""
    return f"{work_name(fields)} on {_stored(fields)}"


def task_name(fields: Fields) -> str:
    """Return what people call a task."""
    return f"{work_name(fields)} on {where(fields)}"


def task_names(tasks: Iterable[Fields]) -> dict[Key, str]:
    """Return a name for each task, by its key of `TASK`; those that would share one also state grids and files."""
    by_key = {key(one, TASK): one for one in tasks}
    details = task_details(by_key.values())
    return {its_key: ", ".join(filter(None, (task_name(one), details[its_key]))) for its_key, one in by_key.items()}


def task_details(tasks: Iterable[Fields]) -> dict[Key, str]:
    """Return what distinguishes tasks of one `task_name`, by their key of `TASK`; empty where the name suffices.

    Grids are stated where they differ, then files, then all parameters.
    """
    by_key = {key(one, TASK): one for one in tasks}
    groups: dict[str, list[Key]] = {}
    for its_key, one in by_key.items():
        groups.setdefault(task_name(one), []).append(its_key)
    return {its_key: text for group in groups.values() for its_key, text in _distinguished(group, by_key).items()}


def same_work_across_runs(fields: Fields) -> dict[Any, Any]:
    """Return ``fields`` without what may differ between runs of the same task: files, and bands that old records lack.

    The name of the work states the bands that are not the first of their file.
    """
    grids = {name: value for name, value in parameters_in(fields).items() if isinstance(value, dict)}
    return {**fields, "inputs": "", "operation": work_name(fields), "parameters": grids}


def setting_name(fields: Fields) -> str:
    """Return what people call a backend with what it is given: ``otb-cli, chunk 512, 2 workers``."""
    count = fields["workers"] * fields["threads"]
    return f"{fields['backend']}, chunk {fields['chunk']}, {count} worker{'' if count == 1 else 's'}"


def case_name(fields: Fields) -> str:
    """Return what people call a case; see `case_names` for several."""
    workers = f"workers {fields['workers']}" + (f" x {fields['threads']}" if fields["threads"] != 1 else "")
    return f"{work_name(fields)} {fields['backend']} on {where(fields)}, chunk {fields['chunk']}, {workers}"


def case_names(cases: Iterable[Fields]) -> dict[Key, str]:
    """Return a name for each case, by key; those that would share one also say on which files and grids."""
    by_key = {key(one): one for one in cases}
    seen = Counter(map(case_name, by_key.values()))
    return {
        its_key: case_name(one) if seen[case_name(one)] == 1 else f"{case_name(one)}, {_details(one)}"
        for its_key, one in by_key.items()
    }


def picture_name(fields: Fields) -> str:
    """Return where the folder of a run has the picture of a backend's result, whatever the chunk and workers."""
    digest = hashlib.sha256(repr(key(fields, RESULT)).encode()).hexdigest()[:12]
    return f"pictures/{fields['operation']}-{fields['backend']}-{digest}.npz"


def _distinguished(group: list[Key], by_key: Mapping[Key, Fields]) -> dict[Key, str]:
    """Return the details of tasks that share a name, as few as distinguish them."""
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
