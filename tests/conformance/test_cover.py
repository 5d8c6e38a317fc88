"""The cover of `make test` keeps what it promises."""

from collections import defaultdict

import pytest
from cover import Check, levels, side

from rasterbout.registry import backend_names, load_backend
from rasterbout.testing.checks.pixels import ALL_CASES
from rasterbout.testing.made import Made

CHECKS = [
    Check(backend, ("test_pixels", case.operation), f"test_pixels[{case}]")
    for backend in backend_names()
    for case in ALL_CASES
]
LEVELS = levels(CHECKS)
COVER = [check for check, level in LEVELS.items() if level != "full"]


def test_every_case_is_judged_on_two_sides_that_can_do_it(made: Made) -> None:
    backends = {name: load_backend(name) for name in backend_names()}
    chosen = defaultdict(set)
    for check in COVER:
        chosen[check.name].add(check.backend)
    for case in ALL_CASES:
        operation = made(case)
        able = {name for name in chosen[f"test_pixels[{case}]"] if backends[name].unsupported(operation) is None}
        assert len({side(name) for name in able}) >= 2, f"{case} is judged by {able} alone"


@pytest.mark.parametrize("backend", backend_names())
def test_every_backend_does_every_kind(backend: str) -> None:
    assert {check.kind for check in COVER if check.backend == backend} == {check.kind for check in CHECKS}


def test_the_cover_is_less_than_half_and_the_same_every_time() -> None:
    assert len(COVER) < len(CHECKS) / 2
    assert levels(CHECKS) == LEVELS


def test_a_new_backend_takes_part_in_every_check() -> None:
    checks = [*CHECKS, *(Check("new", check.kind, check.name) for check in CHECKS if check.backend == "gdal-cli")]
    found = levels(checks)
    assert all(level != "full" for check, level in found.items() if check.backend == "new")
    assert all(found[check] == level for check, level in LEVELS.items())


def test_levels_do_not_depend_on_the_order_of_backends() -> None:
    by_name = sorted(CHECKS, key=lambda check: ALL_CASES.index(check_case(check)))
    assert levels(by_name) == LEVELS


def check_case(check: Check) -> object:
    return next(case for case in ALL_CASES if check.name == f"test_pixels[{case}]")
