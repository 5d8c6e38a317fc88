"""The tasks of a run, in the order in which people ask for them."""

from dataclasses import replace

from rasterbout.reports.runs import Run
from rasterbout.reports.tasks import tasks
from test_records import RECORD


def test_the_largest_rasters_come_first():
    records = [replace(RECORD, dataset=name, size=size) for name, size in (("a", 500), ("b", 10980), ("a", 2048))]
    assert [task.fields["size"] for task in tasks(Run(name="", records=records))] == [10980, 2048, 500]


def test_nothing_measured_is_no_task():
    assert list(tasks(Run(name="", records=[]))) == []
