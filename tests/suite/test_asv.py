"""asv in a fresh clone: a figure for every backend and operation, and pages that work without a network."""

import json
import math
import subprocess
import sys
from itertools import product

import pytest
from asv.config import Config
from asv.results import iter_results

from browser import CHROMIUM, browser
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.registry import backend_names, load_backend

MEASURES = ("Time.time_operation", "Track.track_peak_memory", "Track.track_max_error")

MEASURING = "For rasterbout commit"
"""What asv prints of each commit that it measures."""

pytestmark = [pytest.mark.asv, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def asv(clone):
    """Calls asv in a fresh clone."""

    def call(*words):
        return clone("-m", "asv", *words).stdout

    call.folder, call.environment, call.make = clone.folder, clone.environment, clone.make
    return call


@pytest.fixture(scope="module")
def figures(asv):
    """What asv measured of the last commit: by benchmark, the figures by parameters."""
    assert MEASURING in asv.make("asv", "QUICK=--quick")
    results_dir = str(asv.folder / ".asv/results")
    (results,) = iter_results(results_dir)
    benchmarks = json.loads((asv.folder / ".asv/results/benchmarks.json").read_text())
    benchmarks.pop("version")
    return {
        name: dict(zip(product(*known["params"]), results.get_result_value(name, known["params"]), strict=True))
        for name, known in benchmarks.items()
    }


@pytest.fixture(scope="module")
def pages(asv, figures):
    """The address at which ``asv preview`` shows what ``make asv`` made."""
    command = [sys.executable, "-u", "-m", "asv", "preview"]
    with subprocess.Popen(command, cwd=asv.folder, env=asv.environment, stdout=subprocess.PIPE, text=True) as serving:
        address = next(line for line in serving.stdout if "http://" in line).split()[-1]
        yield address
        serving.terminate()


def test_the_suite_is_sound(asv):
    asv("check", "--python=same")


def test_it_measures_what_is_installed(asv):
    printed = asv("run", "--python=same", "--quick", "--bench", r"ndvi.Time.time_operation.*rasterio-windows")
    assert "rasterio-windows" in printed
    assert "failed" not in printed


def test_the_matrix_differs_in_the_matrix_alone(asv):
    one, many = (vars(Config.load(str(asv.folder / name))) for name in ("asv.conf.json", "asv.matrix.json"))
    assert {name for name in one if one[name] != many[name]} == {"matrix"}
    assert one["matrix"] == {}
    assert set(many["matrix"]["req"]) == {"distributed", "rasterio"}


def test_every_backend_that_is_here_has_a_figure_for_every_operation(figures):
    here = [name for name in backend_names() if load_backend(name).probe().available]
    assert len(here) >= 4
    for operation in OPERATIONS:
        for measure in MEASURES:
            found = figures[f"{operation}.{measure}"]
            for backend in here:
                values = [value for (name, *_), value in found.items() if name.strip("'") == backend]
                assert values, (operation, measure, backend)
                assert all(value is not None and math.isfinite(value) for value in values), (operation, backend)


def test_nothing_failed(figures):
    assert all(value is not None for values in figures.values() for value in values.values())


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: sudo tools/install_browser.sh")
def test_the_pages_work_without_a_network(pages, figures):
    with browser() as seen:
        page = seen.page
        page.goto(pages)
        page.wait_for_function(f"document.querySelectorAll('.benchmark-container').length == {len(figures)}")
        shown = page.eval_on_selector_all(".benchmark-container", "all => all.map(one => one.getAttribute('href'))")
        assert {address.lstrip("#") for address in shown} == set(figures)
        page.goto(f"{pages}#ndvi.Time.time_operation?x-axis=backend")
        page.wait_for_selector("#main-graph canvas.flot-base")
        labels = page.locator("#main-graph .flot-x-axis .flot-tick-label")
        labels.first.wait_for()
        assert set(labels.all_inner_texts()) == set(backend_names())
        drawn = page.eval_on_selector(
            "#main-graph canvas.flot-base",
            "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(value => value > 0)",
        )
        assert drawn
        page.goto(f"{pages}#/summarylist")
        page.wait_for_selector("#summarylist-body table")
        page.goto(f"{pages}#/regressions")
        page.wait_for_selector("#regressions-body")
    assert seen.complaints == []
    assert seen.outside == []


def test_the_pages_name_no_other_machine(asv, pages):
    index = (asv.folder / ".asv/html/index.html").read_text()
    assert 'script src="http' not in index
    assert json.loads((asv.folder / ".asv/html/index.json").read_text())["project"] == "rasterbout"


def test_the_history_measures_only_commits_without_results(asv, figures):
    assert MEASURING not in asv.make("history", "COMMITS=1", "QUICK=--quick")


def test_commits_are_compared(asv, clone, figures):
    clone.commit()
    bench = ("--bench", r"ndvi.Track.track_max_error.*rasterio-windows", "--machine", "here")
    printed = asv("continuous", "--quick", *bench, "HEAD~1", "HEAD")
    assert "BENCHMARKS NOT SIGNIFICANTLY CHANGED" in printed
    assert "ndvi.Track.track_max_error" in asv("compare", "--machine", "here", "HEAD~1", "HEAD")
