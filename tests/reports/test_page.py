"""The page in a real browser without a network: what it shows, and what its controls do."""

import json
from dataclasses import replace

import numpy as np
import pytest

from browser import CHROMIUM, browser
from rasterbout.reports.page.page import page as render
from rasterbout.reports.statistics.runs import Run
from test_records import RECORD

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: sudo tools/install_browser.sh"),
]
NOISE = (1.0, 1.1, 0.9, 1.05, 0.95)
TIMELINE = [
    {"t_s": 0.1 * n, "cpu_s": 0.15 * n, "memory_bytes": 1e8 + n, "read_bytes": 1e6 * n, "written_bytes": 2e6 * n}
    for n in range(8)
]
CASE = replace(
    RECORD, size=1024, cores=2, floor_s=0.1, startup_s=0.2, pixels_compared=9, input_blocks=[512, 512],
    timeline=TIMELINE, inputs=["/data/red.tif"],
)  # fmt: skip
NASTY = """<script>document.title = "broken"</script> "quoted" 'and' & """ + "long " * 200


def rounds(backend, wall_s, peak_mb=100, **changes):
    return [
        replace(
            CASE, **({"backend": backend, "round": number, "wall_s": [wall_s * factor], "cpu_s": [2 * wall_s * factor],
            "peak_bytes": peak_mb * 1_000_000} | changes),
        )
        for number, factor in enumerate(NOISE, start=1)
    ]  # fmt: skip


def missing(backend, status, reason, **changes):
    nothing = {"wall_s": [], "cpu_s": [], "peak_bytes": None, "startup_s": None, "max_error": None, "timeline": []}
    return [replace(CASE, backend=backend, status=status, reason=reason, **nothing | changes)]


RECORDS = [
    *rounds("rasterio-windows", 1.0, 300, chunk=512), *rounds("rasterio-windows", 3.0, 200, chunk=512, workers=1),
    *rounds("rasterio-windows", 2.0, 310, chunk=256), *rounds("rasterio-windows", 4.0, 190, chunk=256, workers=1),
    *rounds("dask-coarsen", 2.0, 900, chunk=512), *rounds("dask-notebook", 8.0, 4000),
    *missing("otb-cli", "unavailable", NASTY), *missing("otb-python", "wrong", "7 of 9 pixels are wrong"),
    *rounds("rasterio-windows", 5.0, 300, operation="downscale", parameters={"factor": 10}, chunk=512),
    *rounds("dask-coarsen", 1.0, 900, operation="downscale", parameters={"factor": 10}, chunk=512),
]  # fmt: skip


@pytest.fixture
def opened(tmp_path):
    """Opens the page of the records of some runs, and makes sure that nothing went wrong by the end."""
    seen_by = []

    def opened(*runs, width=1400, folder=None):
        names = ["a <run>", "another run"]
        file = tmp_path / "page.html"
        named = zip(names, runs, strict=False)
        file.write_text(render([Run(name=name, records=records, folder=folder) for name, records in named]))
        context = browser(width=width)
        seen = context.__enter__()
        seen_by.append((context, seen))
        seen.page.goto(file.as_uri())
        return seen.page

    yield opened
    for context, seen in seen_by:
        problems = seen.complaints, seen.outside
        context.__exit__(None, None, None)
        assert problems == ([], [])


def row(page, operation):
    return page.locator("#comparison tbody tr").filter(has_text=operation)


def column(page, backend):
    names = page.locator("#comparison thead button").all_inner_texts()
    return next(n for n, name in enumerate(names) if name.startswith(backend)) - 1


def shown(page, operation, backend):
    return row(page, operation).locator("td").nth(column(page, backend))


def test_the_answer_comes_first(opened):
    page = opened(RECORDS)
    card = page.locator(".card").filter(has_text="1024").filter(has=page.locator("h3", has_text="ndvi"))
    assert card.locator(".headline").inner_text() == "rasterio-windows, chunk 512, 2 workers"
    text = card.inner_text()
    assert "dask-coarsen, chunk 512, 2 workers takes 2.00 x [2.00, 2.00] as long" in text
    assert "the baseline dask-notebook takes 8.00 x" in text
    assert "rasterio-windows, chunk 256, 1 worker: 190 MB" in text
    card.locator("summary").click()
    assert "rasterio-windows: chunk 512 is the fastest" in card.inner_text()


def test_what_did_not_run_says_why_in_its_cell_as_text(opened):
    page = opened(RECORDS)
    assert page.title() == "rasterbout: a <run>"
    assert "unavailable" in shown(page, "ndvi", "otb-cli").inner_text()
    assert NASTY.partition("long")[0].strip() in shown(page, "ndvi", "otb-cli").inner_text()
    assert "7 of 9 pixels are wrong" in shown(page, "ndvi", "otb-python").inner_text()
    assert "not measured" in shown(page, "downscale 10", "otb-cli").inner_text()


def test_filters_measures_and_sorting(opened):
    page = opened(RECORDS)
    assert shown(page, "ndvi", "rasterio-windows").inner_text().split()[:2] == ["1.000", "s"]
    page.select_option("select[name=workers]", "1")
    assert shown(page, "ndvi", "rasterio-windows").inner_text().split()[:2] == ["3.000", "s"]
    page.select_option("select[name=workers]", "")
    page.select_option("select[name=chunk]", "256")
    assert shown(page, "ndvi", "rasterio-windows").inner_text().split()[:2] == ["2.000", "s"]
    page.select_option("select[name=chunk]", "")
    page.select_option("select[name=measure]", "peak_bytes")
    assert shown(page, "ndvi", "rasterio-windows").inner_text().split()[:4] == ["190", "MB", "1.00", "x"]
    assert "4.74 x" in shown(page, "ndvi", "dask-coarsen").inner_text()
    page.select_option("select[name=measure]", "wall_s")
    names = page.locator("#comparison tbody th")
    page.get_by_role("button", name="rasterio-windows").first.click()
    assert [name.split()[0] for name in names.all_inner_texts()] == ["ndvi", "downscale"]
    page.get_by_role("button", name="rasterio-windows").first.click()
    assert [name.split()[0] for name in names.all_inner_texts()] == ["downscale", "ndvi"]
    page.select_option("select[name=task]", "ndvi")
    assert names.count() == 1


def test_a_cell_opens_by_keyboard_and_shows_its_samples(opened):
    page = opened(RECORDS)
    shown(page, "ndvi", "dask-coarsen").locator("button").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    text = dialog.inner_text()
    assert "/data/red.tif" in text
    assert "gdal 3.10" in text
    assert dialog.locator("table tr").count() == 1 + len(NOISE)
    labels = [one.get_attribute("aria-label") for one in dialog.locator(".curves svg").all()]
    assert labels == [
        "CPU over time: at most 1.50 cores busy, 0.700 s", "Memory over time: at most 100 MB, 0.700 s",
        "Reading and writing over time: at most 30.0 MB/s, 0.700 s",
    ]  # fmt: skip
    assert dialog.locator("polyline").first.bounding_box()["width"] > 100
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("width", [1400, 420])
def test_pictures_are_drawn_and_nothing_is_wider_than_the_page(opened, width):
    page = opened(RECORDS, width=width)
    page.locator("#charts details.group > summary", has_text="ndvi").click()
    page.wait_for_function("document.querySelectorAll('#charts details.group[open] .plot').length >= 7")
    page.wait_for_function("[...document.querySelectorAll('[open] .plot')].every(one => one.offsetHeight > 100)")
    titles = page.locator("details.group[open] figcaption strong").all_inner_texts()
    assert {"Time", "Time against memory", "Start-up and operation", "CPU over time"} <= set(titles)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def strong_and_weak():
    """Two backends with up to four workers of a scheduler, on up to two hosts, also on rasters that grow with them."""
    for name, backend_s in (("dask-coarsen", 1.0), ("dask-map-blocks", 2.0)):
        for workers, hosts in ((1, ["a"]), (2, ["a", "b"]), (4, ["a", "b"])):
            shared = {"workers": workers, "chunk": 512, "scheduler": "tcp://a:1", "hosts": hosts}
            yield from rounds(name, backend_s / workers, pixels=1024**2, **shared)
            size = round(1024 * workers**0.5)
            if workers > 1:
                yield from rounds(name, backend_s, size=size, pixels=size**2, **shared)


@pytest.mark.parametrize("width", [1400, 420])
def test_scaling_in_charts_and_in_words(opened, width):
    page = opened(list(strong_and_weak()), width=width)
    section = page.locator("#scaling")
    page.wait_for_function("[...document.querySelectorAll('#scaling .plot')].every(one => one.offsetHeight > 100)")
    assert section.locator("figcaption strong").all_inner_texts() == ["Strong scaling", "Weak scaling"]
    assert page.locator("nav").get_by_role("link", name="Scaling").count() == 1
    text = section.inner_text()
    assert "dask-coarsen: more workers pay up to 4, the most that were measured (0.50 to 0.50 times as long" in text
    assert "2 workers on 2 hosts 100 % [100, 100], 4 workers on 2 hosts 100 % [100, 100]" in text
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="dask-coarsen").last.click()
    shown = """Bokeh.documents.flatMap(one => one.roots()).filter(one => one.left[0].axis_label === "speed-up")
        .flatMap(one => one.renderers).filter(one => one.visible).map(one => one.name)"""
    assert set(page.evaluate(shown)) == {"dask-map-blocks", None}  # the ideal belongs to none


def test_one_number_of_workers_is_no_scaling(opened):
    assert opened(rounds("a", 1.0)).locator("#scaling").count() == 0


def test_a_backend_is_hidden_in_all_pictures_also_in_those_drawn_later(opened):
    visible = """name => Bokeh.documents.flatMap(one => one.roots()).flatMap(plot => plot.renderers)
        .filter(one => one.name === name).map(one => one.visible)"""
    page = opened(RECORDS)
    page.wait_for_function("Bokeh.documents.length === 2")  # the first group of charts, and of scaling
    assert set(page.evaluate(visible, "dask-coarsen")) == {True}
    page.get_by_role("button", name="dask-coarsen").last.click()
    shown_first = page.evaluate(visible, "dask-coarsen")
    assert set(shown_first) == {False}
    assert set(page.evaluate(visible, "rasterio-windows")) == {True}
    page.locator("#charts details.group > summary").last.click()
    page.wait_for_function("Bokeh.documents.length === 3")
    page.wait_for_function(f"({visible})('dask-coarsen').every(one => !one)")
    shown_then = page.evaluate(visible, "dask-coarsen")
    assert len(shown_then) > len(shown_first)
    assert set(shown_then) == {False}


def test_the_name_of_a_backend_is_text_in_pictures_too(opened):
    name = """</script><script>document.title = "broken"</script>'"&"""
    page = opened(rounds(name, 1.0) + rounds("b", 2.0))
    page.wait_for_function("Bokeh.documents.length === 1")
    assert page.title() == "rasterbout: a <run>"
    assert page.locator(".legend button").first.inner_text().endswith(name)
    page.locator(".legend button").first.click()
    hidden = "Bokeh.documents[0].roots().flatMap(one => one.renderers).filter(one => !one.visible).map(one => one.name)"
    assert set(page.evaluate(hidden)) == {name}


def test_runs_stand_side_by_side(opened):
    page = opened(rounds("a", 1.0) + rounds("b", 2.0), rounds("a", 3.0))
    assert page.locator("#comparison tbody tr").count() == 2
    page.select_option("select[name=columns]", "run")
    names = page.locator("#comparison thead button").all_inner_texts()
    assert names == ["operation", "a <run>", "another run"]
    first, second = (page.locator("#comparison tbody tr").nth(n).inner_text() for n in (0, 1))
    assert "1.00 x" in first
    assert "3.00 x" in first
    assert "not measured" in second


def test_pixels_that_are_right_wrong_or_were_not_compared(opened):
    page = opened(RECORDS)
    table = page.locator("table.errors")
    assert "1.0e-08" in table.inner_text()
    assert "7 of 9 pixels are wrong" in table.locator("td.bad").inner_text()
    assert "unavailable" in table.locator("td.dim", has_text="script").inner_text()


FEW = {
    "nothing": [],
    "none that worked": missing("otb-cli", "crashed", "exit status 3"),
    "a single round": rounds("a", 1.0)[:1] + rounds("b", 2.0)[:1],
    "a single backend": rounds("a", 1.0),
    "unfit rounds": [replace(one, floor_s=9.0 if one.round == 3 else 1.0) for one in rounds("a", 1.0)],
    "interrupted": missing("a", "interrupted", "the run was stopped"),
}  # fmt: skip


@pytest.mark.parametrize("records", FEW.values(), ids=FEW)
def test_a_page_of_little_says_so(opened, records):
    page = opened(records)
    assert page.locator(".warning, .empty, .headline").count() > 0
    if not any(record.status == "ok" for record in records):
        assert "nothing to recommend" in page.locator("#answer").inner_text()
        assert "no charts" in page.locator("#charts").inner_text()


def test_images_that_are_alike_are_in_the_page_once_and_shown_by_all_who_have_them(opened, tmp_path):
    (tmp_path / "pictures").mkdir()
    ramp = np.linspace(0, 1, 12, dtype="float32").reshape(3, 4)
    for backend in "ab":
        np.savez_compressed(tmp_path / f"pictures/{backend}.npz", input=ramp, output=1 - ramp, error=0 * ramp)
    records = [record for name in "ab" for record in rounds(name, 1.0, picture=f"pictures/{name}.npz")]
    page = opened(records, folder=tmp_path)
    shown = page.locator(".thumbs img").evaluate_all("all => all.map((image) => [image.alt, image.naturalWidth])")
    assert [(alt.rpartition(": ")[2], width) for alt, width in shown] == [("input", 4), ("a", 4), ("b", 4)]
    assert len(json.loads(page.locator("#images").text_content())) == 2
