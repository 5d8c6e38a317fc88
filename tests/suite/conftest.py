"""The asv suite becomes importable, its neighbours at the top of the repository do not."""

import importlib.util
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from rasterbout.cache_folder import cache_root

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"

spec = importlib.util.spec_from_file_location(
    FOLDER.name, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
)
assert spec is not None
sys.modules[FOLDER.name] = importlib.util.module_from_spec(spec)


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """Runs Python in a fresh clone of the last commit, with a home of its own and a small tile."""
    home = tmp_path_factory.mktemp("home")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(home / "clone")], check=True)
    environment = os.environ | {
        "HOME": str(home),  # where asv keeps what it knows of machines
        "RASTERBOUT_CACHE": str(cache_root()),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(user_cache_path("pip"))),
        "RASTERBOUT_SIZE": "256",
    }
    run = partial(subprocess.run, cwd=home / "clone", env=environment, capture_output=True, text=True, check=False)

    def python(*words, statuses=(0,)):
        done = run([sys.executable, *words])
        assert done.returncode in statuses, done.stdout + done.stderr
        return done

    def make(target, *words):
        """Call a target of the Makefile with the tools that are installed, on the machine ``here``."""
        done = run(["make", "--assume-old=setup", target, f"BIN={Path(sys.executable).parent}", "MACHINE=here", *words])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def git(*words):
        run(["git", *words]).check_returncode()

    def commit():
        author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
        git(*author, "commit", "--all", "--allow-empty", "--message", "another")

    python.folder, python.environment = home / "clone", environment
    python.make, python.git, python.commit = make, git, commit
    python("-m", "asv", "machine", "--yes", "--machine", "here")
    return python
