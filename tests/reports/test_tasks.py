"""The tasks of a run, in the order in which people ask for them."""

from dataclasses import replace

import pytest

from rasterbout.reports.page.cells import cells
from rasterbout.reports.statistics.correctness import compared
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.summary import summarise
from rasterbout.reports.statistics.tasks import tasks
from rasterbout.reports.tables.export import as_csv, as_markdown
from rasterbout.reports.tables.terminal import tables
from test_records import RECORD


def test_the_largest_rasters_come_first():
    records = [replace(RECORD, dataset=name, size=size) for name, size in (("a", 500), ("b", 10980), ("a", 2048))]
    assert [task.fields["size"] for task in tasks(Run(name="", records=records))] == [10980, 2048, 500]


def test_nothing_measured_is_no_task():
    assert list(tasks(Run(name="", records=[]))) == []


def grid(width, left=300000.0):
    return {"crs": "EPSG:32631", "transform": [10.0, 0.0, left, 0.0, -10.0, 4900020.0], "width": width, "height": width}


BANDS = [replace(RECORD, parameters={"red_band": red, "nir_band": red + 1}, wall_s=[float(red)]) for red in (1, 3)]
GRIDS = [
    replace(
        RECORD,
        operation="superimpose",
        parameters={"reference": grid(width), "resampling": "cubic"},
        wall_s=[float(width)],
    )
    for width in (512, 1024)
]


@pytest.mark.parametrize("records", [BANDS, GRIDS], ids=["bands", "grids"])
def test_other_bands_or_another_grid_are_another_task_everywhere(records):
    run = Run(name="", records=records)
    found = list(tasks(run))
    assert len(found) == len({task.title for task in found}) == 2
    assert sorted(task.records[0].wall_s for task in found) == [one.wall_s for one in records]
    assert sorted(summarise(records)["of_fastest"]) == [1.0, 1.0]
    assert len({(cell["task"], cell["where"]) for cell in cells(run)}) == 2
    assert len({(one.task, one.where) for one in compared(run)}) == 2
    assert (
        as_markdown([run]).count("## ") == len({line for line in as_markdown([run]).splitlines() if "##" in line}) == 2
    )
    assert len(list(tables(records))) == 2
    assert len(as_csv([run]).splitlines()) == 3


def test_grids_differ_between_runs_and_files_of_the_same_work_do_not():
    here, there = (Run(name=name, records=[one]) for name, one in zip(("a", "b"), GRIDS, strict=True))
    titles = {task.title for run in (here, there) for task in tasks(run, [here, there])}
    assert len(titles) == 2
    moved = Run(name="c", records=[replace(GRIDS[0], inputs=["/elsewhere/a.tif"])])
    assert len({task.title for run in (here, moved) for task in tasks(run, [here, moved])}) == 1
