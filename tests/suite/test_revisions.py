"""``rasterbout compare`` of two git revisions: each in an environment of its own, measured in pairs."""

import json

import pytest

pytestmark = [pytest.mark.asv, pytest.mark.timeout(900)]
SMALL = ("--backends", "rasterio-windows", "--operations", "ndvi", "--pairs", "2", "--repeats", "1")


@pytest.fixture(scope="module")
def compare(clone):
    """Calls ``rasterbout compare`` in the clone, with environments of its own."""
    clone.commit()

    def call(*words, status):
        return clone("-m", "rasterbout", "compare", *words, *SMALL, statuses=(status,))

    return call


def test_revisions_are_measured_in_pairs(compare):
    found = json.loads(compare("HEAD~1", "HEAD", "--json", status=3).stdout)
    (verdict,) = found["verdicts"]
    assert (verdict["finding"], verdict["pairs"]) == ("inconclusive", 2)
    assert found["libraries"] == []


def test_a_revision_that_cannot_be_installed_is_no_regression(compare, clone):
    project = clone.folder / "pyproject.toml"
    project.write_text(project.read_text().replace('"affine>=3.0"', '"affine>=3000"'))
    clone.commit()
    done = compare("HEAD~1", "HEAD", status=4)
    assert "cannot be installed" in done.stderr
    assert "install.log" in done.stderr


def test_a_backend_that_crashes_on_one_side_is_no_regression(compare, clone):
    clone.git("checkout", "--quiet", "HEAD~1")
    adapter = clone.folder / "backends/rasterio_windows.py"
    adapter.write_text(adapter.read_text() + "\nraise SystemExit(7)\n")
    clone.commit()
    assert "crashed" in compare("HEAD~1", "HEAD", status=4).stdout
