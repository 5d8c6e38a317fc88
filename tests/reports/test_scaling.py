"""Strong and weak scaling, against efficiencies by hand and intervals by scipy."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rasterbout.reports.charts.look import Look
from rasterbout.reports.charts.scaling import scaling_charts
from rasterbout.reports.statistics.paying import paying
from rasterbout.reports.statistics.runs import Run
from rasterbout.reports.statistics.scaling import scalings
from rasterbout.reports.statistics.tasks import tasks
from test_records import RECORD

CASE = replace(RECORD, chunk=512, size=1000, pixels=1_000_000, host="here")
NOISE = (1.0, 1.1, 0.9, 1.05, 0.95)


def rounds(workers, wall_s, noise=NOISE, size=1000, **changes):
    """Return a record for each round, from 1; the machine is as slow in one for all."""
    return [
        replace(
            CASE, **{"workers": workers, "size": size, "pixels": size**2, "round": number, "wall_s": [wall_s * factor]}
            | changes,
        )
        for number, factor in enumerate(noise, start=1)
    ]  # fmt: skip


def scaling(*records):
    """Return the one family of tasks that was measured with several numbers of workers."""
    (found,) = scalings(tasks(Run(name="mine", records=[one for group in records for one in group])))
    return found


def strong(*records):
    ((_, series),) = scaling(*records).strong
    return series


def efficiencies(series):
    return {point.workers: pytest.approx(series.efficiency(point).value) for point in series.points}


def words(*records):
    return {kind: [rule.advice for rule in rules] for kind, rules in paying(scaling(*records))}


def strong_words(*records):
    (only,) = words(*records).values()
    return only


WHERE = "s2-tile 1000, tiled, none, cache warm"


def test_strong_efficiency_is_the_share_of_the_ideal_time():
    (series,) = strong(rounds(1, 8.0), rounds(4, 4.0), rounds(2, 5.0))
    assert efficiencies(series) == {1: 1.0, 2: 8 / (2 * 5), 4: 8 / (4 * 4)}
    (series,) = strong(rounds(2, 5.0), rounds(6, 2.0))
    assert efficiencies(series) == {2: 1.0, 6: 5 * 2 / (2 * 6)}


def test_the_interval_is_that_of_students_t_for_the_logarithms_of_paired_ratios():
    ones, twos = [4.0, 4.4, 3.9, 4.1], [2.1, 2.2, 2.2, 2.0]
    (series,) = strong(rounds(1, 1.0, ones), rounds(2, 1.0, twos))
    found = series.efficiency(series.points[1])
    logs = np.log(np.array(ones) / (2 * np.array(twos)))
    low, high = stats.t.interval(0.95, 3, loc=logs.mean(), scale=stats.sem(logs))
    assert (found.low, found.high) == (pytest.approx(math.exp(low)), pytest.approx(math.exp(high)))
    assert found.value == pytest.approx(math.exp(logs.mean()))


def test_weak_efficiency_is_the_ratio_of_times_and_of_those_for_a_pixel_where_edges_are_rounded():
    (series,) = scaling(rounds(1, 1.0), rounds(2, 1.1, size=1414), rounds(4, 1.25, size=2000)).weak
    assert efficiencies(series) == {1: 1.0, 2: 1414**2 / (2 * 1.1 * 1000**2), 4: 1 / 1.25}


def test_weak_scaling_takes_each_size_at_the_number_of_workers_in_proportion():
    records = [rounds(w, 1.0 * size / w, size=size) for size in (1000, 1414, 2000) for w in (1, 2, 4)]
    found = scaling(*records)
    assert [(point.workers, point.pixels) for point in found.weak[0].points] == [
        (1, 1000**2),
        (2, 1414**2),
        (4, 2000**2),
    ]
    assert [task.fields["size"] for task, _ in found.strong] == [1000, 1414, 2000]
    assert scaling(rounds(1, 1.0), rounds(2, 0.5), rounds(2, 1.0, size=1500)).weak == []  # 2.25 times the pixels


def test_two_grids_of_one_size_are_no_weak_scaling():
    grids = [
        {"grid": {"crs": "", "transform": [10.0, 0, left, 0, -10.0, 0], "width": 1, "height": 1}} for left in (0, 5)
    ]
    larger = [one for grid in grids for one in rounds(2, 1.0, size=1414, parameters=grid)]
    assert scaling(rounds(1, 1.0, parameters=grids[0]), rounds(2, 0.5, parameters=grids[0]), larger).weak == []


def test_each_backend_is_shown_with_the_chunk_of_its_fastest_point():
    records = [rounds(w, s, chunk=c) for w, c, s in ((1, 256, 4.0), (2, 256, 3.0), (1, 512, 5.0), (2, 512, 2.0))]
    (series,) = strong(*records)
    assert efficiencies(series) == {1: 1.0, 2: 1.25}


def test_local_and_scheduled_workers_are_different_series():
    remote = {"scheduler": "tcp://a:1", "hosts": ["a"]}
    found = strong(rounds(1, 2.0), rounds(2, 1.0), rounds(1, 3.0, **remote), rounds(4, 1.0, **remote))
    assert [[point.workers for point in series.points] for series in found] == [[1, 2], [1, 4]]


def test_what_was_wrong_is_no_point():
    wrong = [replace(one, status="wrong", wall_s=[]) for one in rounds(4, 1.0)]
    (series,) = strong(rounds(1, 2.0), rounds(2, 1.0), wrong)
    assert [point.workers for point in series.points] == [1, 2]
    assert list(scalings(tasks(Run(name="mine", records=[*rounds(1, 2.0), *wrong])))) == []


def test_where_more_workers_stop_paying():
    level = [rounds(1, 4.0), rounds(2, 2.0), rounds(4, 1.99, noise=(0.99, 1.1, 0.91, 1.05, 0.95)), rounds(8, 3.0)]
    (found,) = strong_words(*level)
    assert found.startswith("rasterio-windows: 2 workers; 4 are not faster (0.9")
    assert found.endswith(" times as long), 8 are slower (1.50 to 1.50 times as long)")


def test_more_workers_that_pay_to_the_end():
    (found,) = strong_words(rounds(1, 4.0), rounds(2, 2.0), rounds(4, 1.0))
    assert found.startswith("rasterio-windows: more workers pay up to 4, the most that were measured ")
    assert found.endswith("(0.50 to 0.50 times as long as 2 workers)")


def test_a_gain_that_comes_later_still_counts():
    (found,) = strong_words(rounds(1, 4.0), rounds(2, 4.0), rounds(4, 1.0))
    assert found.startswith("rasterio-windows: more workers pay up to 4")


def test_what_is_open_is_called_open():
    (found,) = strong_words(rounds(1, 1.0, noise=(1.0, 1.3, 0.8)), rounds(2, 0.9, noise=(1.2, 0.9, 1.1)))
    assert found.startswith("rasterio-windows: no gain is shown beyond 1 worker; whether 2 are faster is open (0.")


def test_several_looks_need_more_evidence_than_one():
    """A gain that one look would call certain is open among three."""
    gain, flat = [0.9 * factor for factor in (1.072, 0.964, 1.048, 0.928)], (1.0, 1.0, 1.0, 1.0)
    (series,) = strong(rounds(1, 1.0, flat), rounds(2, 1.0, gain), rounds(4, 1.0, gain))
    first, second, _ = series.points
    assert series.relative_time(second, first).high < 1 < series.relative_time(second, first, 1 - 0.05 / 3).high
    (found,) = strong_words(rounds(1, 1.0, flat), rounds(2, 1.0, gain), rounds(4, 1.0, gain))
    assert found.startswith("rasterio-windows: no gain is shown beyond 1 worker; whether 2 are faster is open")


def test_a_single_round_claims_nothing():
    once = [rounds(1, 4.0, noise=(1.0,)), rounds(2, 1.0, noise=(1.0,))]
    unknown = "rasterio-windows: where more workers stop paying is not known: "
    assert strong_words(*once) == [f"{unknown}a single round has no interval"]


def test_times_of_different_machines_are_not_compared():
    records = [rounds(1, 4.0, host="a"), rounds(2, 1.0, host="b")]
    unknown = "rasterio-windows: where more workers stop paying is not known: "
    assert strong_words(*records) == [f"{unknown}no machine measured several numbers of workers in the same round"]
    (series,) = strong(*records)
    assert math.isnan(series.efficiency(series.points[1]).value)
    ((_, (rule,)),) = paying(scaling(*records))
    assert rule.evidence.endswith(": 2 workers unknown")


def test_points_on_several_hosts_are_told_apart():
    remote = {"backend": "dask-coarsen", "scheduler": "tcp://a:1"}
    records = [
        rounds(1, 4.0, hosts=["a"], **remote), rounds(2, 2.0, hosts=["a", "b"], **remote),
        rounds(4, 3.0, hosts=["a", "b", "c"], **remote),
    ]  # fmt: skip
    ((_, (rule,)),) = paying(scaling(*records))
    assert rule.advice == (
        "dask-coarsen: 2 workers; 4 (on 3 hosts, 2 on 2 hosts) are slower (1.50 to 1.50 times as long)"
    )
    assert rule.evidence == (
        "efficiency relative to dask-coarsen, chunk 512, 1 worker of a scheduler: "
        "2 workers on 2 hosts 100 % [100, 100], 4 workers on 3 hosts 33 % [33, 33]"
    )
    (series,) = strong(*records)
    assert [(point.hosts, point.host_names) for point in series.points] == [
        ((1,), ("a",)), ((2,), ("a", "b")), ((3,), ("a", "b", "c")),
    ]  # fmt: skip


def test_weak_scaling_speaks_of_pixels():
    found = words(rounds(1, 1.0), rounds(2, 1.0, size=1414), rounds(4, 3.0, size=2000))
    assert list(found) == ["Weak scaling"]
    (advice,) = found["Weak scaling"]
    assert advice == "rasterio-windows: 2 workers; 4 are slower (1.50 to 1.50 times as long for a pixel)"


def test_the_charts_show_speed_up_and_efficiency_with_whiskers_and_hosts():
    remote = {"scheduler": "tcp://a:1"}
    found = scaling(
        rounds(1, 4.0, hosts=["a"], **remote), rounds(2, 2.5, hosts=["a", "b"], **remote),
        rounds(2, 5.0, size=1414, hosts=["a", "b"], **remote),
    )  # fmt: skip
    speed_up, efficiency = scaling_charts(found, Look(["rasterio-windows"]))
    (strong_dots,) = {id(one.data_source): one.data_source.data for one in speed_up.plot.renderers if one.name}.values()
    assert strong_dots["value"] == [1.0, pytest.approx(1.6)]
    assert strong_dots["efficiency"] == [1.0, pytest.approx(0.8)]
    assert (strong_dots["low"][1], strong_dots["high"][1]) == (pytest.approx(1.6), pytest.approx(1.6))
    assert strong_dots["label"] == ["", "2 hosts"]
    assert strong_dots["hosts"] == ["a", "a, b"]
    (weak_dots,) = {id(one.data_source): one.data_source.data for one in efficiency.plot.renderers if one.name}.values()
    assert weak_dots["value"] == [1.0, pytest.approx(0.8, rel=1e-3)]
    assert efficiency.plot.y_range.start < 0.8


def test_without_an_interval_no_whisker_is_drawn():
    found = scaling(rounds(1, 4.0, noise=(1.0,)), rounds(2, 2.5, noise=(1.0,)))
    (chart,) = scaling_charts(found, Look(["rasterio-windows"]))
    data = chart.plot.renderers[0].data_source.data
    assert data["low"] == data["high"] == data["value"]
    assert data["interval"][1] == "unknown"
