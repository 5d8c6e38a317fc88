"""What the table of the page shows and opens."""

import json
from dataclasses import replace

from rasterbout.reports.page.cells import cells
from rasterbout.reports.statistics.runs import Run
from test_records import RECORD

CASE = replace(
    RECORD, wall_s=[2.0], cpu_s=[3.0], floor_s=1.0, startup_s=0.1, peak_bytes=100, pixels_compared=9, cores=2,
    inputs=["/a.tif"],
)  # fmt: skip
MISSING = replace(
    CASE, backend="otb-cli", status="unavailable", reason="<b>not</b> here", wall_s=[], cpu_s=[], peak_bytes=None,
    floor_s=None, startup_s=None, max_error=None, printed="so it is",
)  # fmt: skip


def test_a_cell_has_the_summary_and_every_sample():
    rounds = [CASE, replace(CASE, round=2, wall_s=[4.0, 6.0])]
    (cell,) = cells(Run(name="mine", records=rounds))
    assert (cell["run"], cell["task"], cell["backend"], cell["workers"]) == ("mine", "ndvi", "rasterio-windows", 2)
    assert (cell["wall_s"], cell["rounds"], cell["peak_bytes"], cell["of_floor"]) == (3.5, 2, 100, 1 / 3.5)
    assert [(one["round"], one["wall_s"], one["unfit"]) for one in cell["samples"]] == [
        (1, [2.0], False),
        (2, [4.0, 6.0], False),
    ]
    assert (cell["inputs"], cell["versions"]) == (["/a.tif"], {"gdal": "3.10"})


def test_unfit_rounds_are_marked_and_their_samples_kept():
    rounds = [replace(CASE, round=number, floor_s=floor_s) for number, floor_s in enumerate((1.0, 9.0, 1.0), start=1)]
    (cell,) = cells(Run(name="mine", records=rounds))
    assert [one["unfit"] for one in cell["samples"]] == [False, True, False]
    assert cell["rounds"] == 2


def test_a_cell_has_the_curves_of_a_round_that_went_well():
    points = [
        {"t_s": float(n), "cpu_s": 1.23456 * n, "memory_bytes": 1e6, "read_bytes": 0, "written_bytes": 0}
        for n in range(3)
    ]
    records = [replace(CASE, timeline=points), replace(CASE, round=2, status="wrong", timeline=points * 9)]
    (cell,) = cells(Run(name="mine", records=records))
    cpu, *_ = cell["curves"]
    assert cpu == {"title": "CPU over time", "unit": "cores busy", "seconds": [1.0, 2.0], "values": [1.235, 1.235]}


def test_what_did_not_run_has_its_reason_and_no_figure():
    (cell,) = cells(Run(name="mine", records=[MISSING]))
    assert (cell["status"], cell["reason"], cell["printed"]) == ("unavailable", "<b>not</b> here", "so it is")
    assert {cell[name] for name in ("wall_s", "cpu_s", "peak_bytes", "of_floor", "max_error")} == {None}


def test_operations_are_named_with_what_they_were_given():
    records = [
        replace(CASE, operation="downscale", parameters={"factor": 10}),
        replace(CASE, operation="superimpose", parameters={"resampling": "cubic"}),
    ]
    assert [cell["task"] for cell in cells(Run(name="", records=records))] == ["downscale 10", "superimpose cubic"]


def test_cells_are_what_json_can_hold():
    shown = cells(Run(name="mine", records=[CASE, MISSING]))
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_no_records_are_no_cells():
    assert cells(Run(name="mine", records=[])) == []
