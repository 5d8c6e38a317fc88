"""Marks the conformance checks with their level."""

from collections.abc import Hashable

import pytest
from cover import Check, levels

from rasterbout.testing import Conformance


@pytest.hookimpl(tryfirst=True)  # before -m selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the checks that belong to no quick level."""
    checks = {
        item: check_of(item)
        for item in items
        if isinstance(item, pytest.Function) and item.cls and issubclass(item.cls, Conformance)
    }
    found = levels(checks.values())
    for item, check in checks.items():
        if found[check] != "fast":
            item.add_marker("slow")
        if found[check] == "full":
            item.add_marker("full")


def check_of(item: pytest.Function) -> Check:
    """Describe a check to the cover."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    case = parameters.get("case")
    subject: Hashable = parameters.get("layout") or (case and case.operation) or item.name
    return Check(item.cls.backend_name, (item.originalname, subject), item.name)
