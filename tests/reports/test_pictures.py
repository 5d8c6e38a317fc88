"""What is drawn, against cases computed by hand."""

from dataclasses import replace

import pytest

from rasterbout.reports.answer import candidates
from rasterbout.reports.look import COLOURS, MARKERS, Look
from rasterbout.reports.pictures import pareto_front, pictures
from rasterbout.reports.timelines import timelines
from test_records import RECORD

CASE = replace(RECORD, cpu_s=[1.0], floor_s=0.5, peak_bytes=100_000_000, startup_s=0.25)
LOOK = Look(["rasterio-windows"])


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


def test_rates_are_differences_over_time():
    points = [
        {"t_s": 0.0, "cpu_s": 0.0, "memory_bytes": 1e6, "read_bytes": 0, "written_bytes": 0},
        {"t_s": 0.5, "cpu_s": 1.0, "memory_bytes": 3e6, "read_bytes": 1e6, "written_bytes": 2e6},
        {"t_s": 1.5, "cpu_s": 1.5, "memory_bytes": 2e6, "read_bytes": 1e6, "written_bytes": 3e6},
    ]
    records = [replace(CASE, timeline=points)]
    cpu, memory, passed = timelines(candidates(records), records, LOOK)
    curves = [picture.plot.renderers[0].data_source.data for picture in (cpu, memory, passed)]
    assert [list(curve["x"]) for curve in curves] == [[0.5, 1.5], [0.0, 0.5, 1.5], [0.5, 1.5]]
    assert [list(curve["y"]) for curve in curves] == [[2.0, 0.5], [1.0, 3.0, 2.0], [6.0, 1.0]]


def test_only_what_was_varied_is_drawn():
    assert [one.title for one in pictures([CASE], LOOK)] == ["Time", "Time against memory", "Start-up and operation"]
    more = [replace(CASE, workers=workers, chunk=chunk) for workers in (1, 2) for chunk in (256, 512)]
    titles = [one.title for one in pictures(more, LOOK)]
    assert titles[1:3] == ["Workers", "Chunk and workers: rasterio-windows"]
    assert list(pictures([replace(CASE, status="wrong", wall_s=[])], LOOK)) == []


def test_speed_up_is_against_the_fewest_workers_each_at_its_best_chunk():
    times_s = {(1, 256): 4.0, (1, 512): 5.0, (2, 256): 3.0, (2, 512): 2.0}
    records = [replace(CASE, workers=w, chunk=c, wall_s=[wall_s]) for (w, c), wall_s in times_s.items()]
    workers = next(one.plot for one in pictures(records, LOOK) if one.title == "Workers")
    dots = workers.renderers[-1].data_source.data
    assert (dots["workers"], dots["gain"], dots["efficiency"]) == ([1, 2], [1.0, 2.0], [1.0, 1.0])


def test_backends_look_alike_in_all_pictures_and_unlike_each_other():
    look = Look([f"backend-{n}" for n in range(8)])
    looks = {(look.colour(name), look.marker(name)) for name in look.backends}
    assert len(looks) == 8 == len(set(COLOURS)) == len(set(MARKERS))
