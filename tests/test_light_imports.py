"""Starting a run imports none of the libraries that only its tables and pages need."""

import subprocess
import sys

HEAVY = ("scipy", "pandas", "bokeh", "matplotlib")


def test_the_command_run_imports_no_library_of_tables_and_pages():
    script = f"import sys, rasterbout.cli.commands.run; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
