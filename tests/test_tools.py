"""The tools that are run by hand still fit the package."""

import runpy
from pathlib import Path

import pytest

TOOLS = sorted((Path(__file__).parents[1] / "tools").glob("*.py"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.stem)
def test_it_imports_what_exists(tool, monkeypatch):
    monkeypatch.syspath_prepend(str(tool.parent))
    runpy.run_path(str(tool), run_name="imported")
