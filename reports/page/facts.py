"""How a run was measured: machine, settings, versions, and the command that repeats it."""

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from rasterbout.environment_file import Facts
from rasterbout.fitness import moved
from rasterbout.measures import BY_NAME
from rasterbout.record import Record, latest
from rasterbout.reports.statistics.nodes import lines, nodes_of
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.words import megabytes

MACHINE = {
    "started_at": "started at", "host": "host", "cpu": "processor", "cores": "cores", "cpu_quota": "CPU quota (cores)",
    "kernel": "kernel", "system": "system", "python": "Python", "git_commit": "commit of rasterbout",
}  # fmt: skip
SETTINGS = {
    "preset": "preset", "rounds": "rounds", "repeats": "repeats", "warmups": "warm-ups", "seed": "seed",
    "timeout_s": "time limit (s)",
}  # fmt: skip
"""Fields of ``environment.json`` and their titles."""


def facts(run: Run) -> dict[str, Any]:
    """Return the facts of a run as pairs of name and text, as the template shows them."""
    command = run.environment.get("command")
    known = latest(run.records)
    found = [
        *_machine(run.environment),
        *_settings(run.environment),
        *_nodes(known),
        *_floors(known),
        *_versions(known),
    ]
    return {
        "name": run.name,
        "facts": [(name, str(value)) for name, value in found if value is not None and value != ""],
        "again": f"rasterbout {shlex.join(command)}" if command else "",
    }


def _machine(environment: Facts) -> Iterator[tuple[str, Any]]:
    yield from ((title, environment.get(name)) for name, title in MACHINE.items())
    if "memory_bytes" in environment:
        yield "memory", megabytes(environment["memory_bytes"])
    if job := environment.get("job"):
        yield "job of SLURM", f"{job['id']} on {job['node']}, scratch {job['scratch'] or 'in the folder of the run'}"
    yield "load at start", ", ".join(f"{load:.1f}" for load in environment.get("load", []))
    if "energy" in environment:
        yield BY_NAME["energy_j"].title, _energy(environment["energy"])


def _energy(energy: Mapping[str, Any]) -> str:
    """Return whether the energy was read, and otherwise why not, with the remedy."""
    if energy.get("readable"):
        return "read from the counters of the processor's packages"
    remedy = f"; to allow it: {energy['remedy']}" if energy.get("remedy") else ""
    return f"not read: {energy.get('reason') or 'unknown reason'}{remedy}"


def _settings(environment: Facts) -> Iterator[tuple[str, Any]]:
    settings = environment.get("settings", {})
    return ((title, settings.get(name)) for name, title in SETTINGS.items())


def _nodes(known: list[Record]) -> Iterator[tuple[str, str]]:
    yield "nodes", "; ".join(lines(nodes_of(known)))


def _floors(known: list[Record]) -> Iterator[tuple[str, str]]:
    ratios = [f"{number}: {ratio:.2f}" for number, ratio in moved(known).items()]
    yield "floors of each round", f"{', '.join(ratios)}, relative to the median round" if ratios else ""
    shares_s: dict[str, list[float]] = defaultdict(list)
    for record in known:
        for host, floor_s in record.host_floors_s.items():
            shares_s[host].append(floor_s)
    of_hosts = [f"{host} {median(found):.3f} s" for host, found in sorted(shares_s.items())]
    yield "floors of the hosts' shares", f"{', '.join(of_hosts)} (median of all cases and rounds)" if of_hosts else ""


def _versions(known: list[Record]) -> Iterator[tuple[str, str]]:
    by_backend = {record.backend: record.versions for record in known if record.versions}
    for backend, versions in by_backend.items():
        yield backend, ", ".join(f"{name} {version}" for name, version in versions.items())
