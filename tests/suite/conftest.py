"""The asv suite becomes importable, its neighbours at the top of the repository do not."""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"

spec = importlib.util.spec_from_file_location(
    FOLDER.name, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
)
assert spec is not None
sys.modules[FOLDER.name] = importlib.util.module_from_spec(spec)
