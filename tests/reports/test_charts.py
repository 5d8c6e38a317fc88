"""What is drawn, against cases computed by hand."""

from dataclasses import replace

import pytest

from rasterbout.reports.charts.growth import growth, several_sizes
from rasterbout.reports.charts.look import COLOURS, MARKERS, Look
from rasterbout.reports.charts.task_charts import pareto_front, task_charts
from rasterbout.reports.charts.timelines import timelines
from rasterbout.reports.statistics.answer import candidates
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.tasks import tasks
from test_records import RECORD

CASE = replace(RECORD, cpu_s=[1.0], floor_s=0.5, peak_bytes=100_000_000, startup_s=0.25)
LOOK = Look(["rasterio-windows", "unknown"])


def drawn(*records):
    """The pictures of records of one task, by their titles."""
    (task,) = tasks(Run(name="mine", records=list(records)))
    return {one.title: one.plot for one in task_charts(task, LOOK)}


def points(plot):
    """What the points of the last backend of a picture show."""
    return plot.renderers[-1].data_source.data


@pytest.mark.parametrize(
    ("points", "front"),
    [
        ([(1, 5)], [(1, 5)]),
        ([(2, 2), (1, 5), (3, 3), (4, 1)], [(1, 5), (2, 2), (4, 1)]),
        ([(1, 5), (1, 4), (2, 4)], [(1, 4)]),
    ],
)
def test_the_front_is_what_no_other_beats_in_both(points, front):
    assert pareto_front(points) == front


def test_the_curves_of_the_best_setting_are_drawn():
    points = [
        {"t_s": 0.5 * n, "cpu_s": 1.0 * n, "memory_bytes": 1e6, "read_bytes": 0, "written_bytes": 2e6 * n}
        for n in range(3)
    ]
    other = [point | {"cpu_s": 0.0} for point in points]
    records = [replace(CASE, timeline=points), replace(CASE, chunk=8, wall_s=[99.0], timeline=other)]
    best, _ = candidates(records)
    drawn = timelines([best], records, LOOK)
    curves = [picture.plot.renderers[0].data_source.data for picture in drawn]
    assert [list(curve["y"]) for curve in curves] == [[2.0, 2.0], [1.0, 1.0, 1.0], [4.0, 4.0]]


def test_only_what_was_varied_is_drawn():
    assert list(drawn(CASE)) == ["Time", "Time against memory", "Start-up and operation"]
    more = drawn(*(replace(CASE, workers=workers, chunk=chunk) for workers in (1, 2) for chunk in (256, 512)))
    assert list(more)[1] == "Chunk and workers: rasterio-windows"
    assert drawn(replace(CASE, status="wrong", wall_s=[])) == {}
    assert list(drawn(replace(CASE, peak_bytes=None, startup_s=None))) == ["Time"]


def test_backends_whose_memory_or_start_was_not_measured_are_not_drawn_as_if_they_needed_none():
    unknown = replace(CASE, backend="unknown", peak_bytes=None, startup_s=None)
    plots = drawn(CASE, unknown)
    assert list(plots["Start-up and operation"].y_range.factors) == ["rasterio-windows"]
    memory = [one.data_source.data for one in plots["Time against memory"].renderers]
    assert [list(list(data.values())[1]) for data in memory] == [[100.0], [100.0]]


def test_samples_are_shown_when_they_were_taken_against_the_median_of_their_case():
    begun = {1: "2026-01-01T12:00:00+00:00", 2: "2026-01-01T12:03:00+00:00", 3: "2026-01-01T12:06:00+00:00"}
    walls_s, floors_s = {1: [2.0, 4.0], 2: [3.0], 3: [30.0]}, {1: 1.0, 2: 1.0, 3: 9.0}
    records = [
        replace(CASE, round=n, started_at=begun[n], wall_s=walls_s[n], floor_s=floors_s[n], startup_s=5.0, warmup_s=1.0)
        for n in (3, 1, 2)
    ]
    dots = points(drawn(*records)["Every sample, in the order of the run"])
    assert dots["round"] == [1, 1, 2, 3]
    assert dots["ratio"] == pytest.approx([2 / 3.5, 4 / 3.5, 3 / 3.5, 30 / 3.5])
    assert dots["minutes"] == pytest.approx([0.1, 0.1 + 2 / 60, 3.1, 6.1])
    assert [filled > 0 for filled in dots["filled"]] == [True, True, True, False]


def test_growth_is_that_of_the_best_setting_at_each_size():
    records = [
        replace(CASE, size=size, chunk=chunk, wall_s=[wall_s], peak_bytes=int(wall_s * 1e8))
        for size, chunk, wall_s in ((2000, 512, 4.0), (2000, 256, 3.0), (1000, 512, 1.0), (1000, 256, 2.0))
    ]
    other = replace(CASE, operation="downscale", parameters={"factor": 10})
    (family,) = several_sizes(tasks(Run(name="mine", records=[*records, other])))
    assert family.title == "ndvi on s2-tile of all sizes, tiled, none, cache warm"
    time, memory = (points(one.plot) for one in growth(family, LOOK))
    assert (list(time["pixels"]), list(time["value"])) == ([1.0, 4.0], [1.0, 3.0])
    assert list(memory["value"]) == [100.0, 300.0]
    (family,) = several_sizes(tasks(Run(name="mine", records=[replace(one, peak_bytes=None) for one in records])))
    assert [one.title for one in growth(family, LOOK)] == ["Time and raster size"]


def test_growth_compares_the_numbers_of_workers_that_all_sizes_have():
    times_s = {(1000, 1): 8.0, (1000, 2): 4.0, (1000, 4): 2.0, (1414, 2): 9.0}
    records = [
        replace(CASE, size=size, workers=workers, wall_s=[wall_s]) for (size, workers), wall_s in times_s.items()
    ]
    (family,) = several_sizes(tasks(Run(name="mine", records=records)))
    assert {size: [one.workers for one in ones] for size, ones in family.by_size.items()} == {1000: [2], 1414: [2]}
    assert list(several_sizes(tasks(Run(name="mine", records=[*records, replace(CASE, size=2000, workers=4)])))) == []


def test_backends_look_alike_in_all_pictures_and_unlike_each_other():
    look = Look([f"backend-{n}" for n in range(30)])
    looks = {(look.colour(name), look.marker(name)) for name in look.backends}
    assert len(looks) == 30
    assert len(set(COLOURS)) == len(set(MARKERS)) == 8


def test_a_race_shows_who_was_measured_in_which_round():
    records = [
        *(replace(CASE, round=number, wall_s=[1.0 + number]) for number in (1, 2, 3)),
        *(replace(CASE, round=number, chunk=512, wall_s=[2.0 + 2.0 * number]) for number in (1, 2)),
    ]
    shown = drawn(*records)["Race"]
    assert points(shown) == {
        "round": [1, 2, 1, 2, 3],
        "setting": [*["rasterio-windows, chunk 512, 2 workers"] * 2, *["rasterio-windows, chunk auto, 2 workers"] * 3],
        "ratio": [2.0, 2.0, 1.0, 1.0, 1.0],
    }
    assert "Race" not in drawn(*records[:2], *records[3:])
