"""What the classes of the asv suite do with backends that are missing, wrong or right."""

import pytest
from benchmarks import common
from benchmarks import operations as operations_module
from benchmarks.operations import Time_ndvi, Track_ndvi

from plugins import install_faulty
from rasterbout.errors import RasterboutError
from rasterbout.operations.registry import BUILT_IN as OPERATIONS
from rasterbout.presets import preset
from rasterbout.registry import backend_names

COMBINATION = 64, 1, 96


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """Results that are nobody's, and a place for backends."""
    monkeypatch.setattr(common, "UNAVAILABLE", tmp_path / "unavailable.txt")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)


def test_every_operation_has_its_benchmarks():
    found = vars(operations_module)
    for name in OPERATIONS:
        assert found[f"Time_{name}"].time_operation.benchmark_name == f"{name}.Time.time_operation"
        assert found[f"Track_{name}"].track_peak_memory.benchmark_name == f"{name}.Track.track_peak_memory"
        assert found[f"Track_{name}"].track_peak_memory.unit == "bytes"


def test_parameters_are_those_of_the_presets():
    quick = preset("quick", {})
    assert common.Benchmarks.param_names == ["backend", "chunk", "workers", "size"]
    assert common.Benchmarks.params == (backend_names(), list(quick.chunks), list(quick.workers), [common.SIZE])
    assert quick.datasets[0].size == common.SIZE
    chosen = preset("quick", {"RASTERBOUT_SIZE": "300", "RASTERBOUT_CHUNKS": "64,auto", "RASTERBOUT_WORKERS": "1, 2"})
    assert (chosen.datasets[0].size, chosen.chunks, chosen.workers) == (300, (64, None), (1, 2))


def test_missing_backends_are_not_measured_and_the_reason_is_given_once(tmp_path):
    install_faulty(tmp_path, "is-missing", available=False)
    for _ in range(2):
        with pytest.raises(NotImplementedError, match="it is Monday; wait for Tuesday"):
            Time_ndvi().setup("is-missing", *COMBINATION)
    (line,) = common.UNAVAILABLE.read_text().splitlines()
    assert line.endswith("is-missing: ndvi: it is Monday; wait for Tuesday")


def test_what_a_backend_cannot_do_is_not_measured(tmp_path):
    install_faulty(tmp_path, "cannot", unsupported="it only does Mondays")
    with pytest.raises(NotImplementedError, match="it only does Mondays"):
        Track_ndvi().setup("cannot", *COMBINATION)


def test_wrong_pixels_fail_every_benchmark(tmp_path):
    install_faulty(tmp_path, "wrong", "write_whole(red, out)")
    timed, tracked = Time_ndvi(), Track_ndvi()
    timed.setup("wrong", *COMBINATION)
    with pytest.raises(RasterboutError, match="pixels are wrong"):
        timed.teardown("wrong", *COMBINATION)
    tracked.setup("wrong", *COMBINATION)
    for track in (tracked.track_peak_memory, tracked.track_max_error):
        with pytest.raises(RasterboutError, match="wrong"):
            track("wrong", *COMBINATION)


def test_a_backend_that_is_right_has_a_time_a_peak_and_an_error():
    timed, tracked = Time_ndvi(), Track_ndvi()
    timed.setup("rasterio-windows", *COMBINATION)
    timed.time_operation("rasterio-windows", *COMBINATION)
    timed.teardown("rasterio-windows", *COMBINATION)
    tracked.setup("rasterio-windows", *COMBINATION)
    assert tracked.track_peak_memory("rasterio-windows", *COMBINATION) > 10_000_000
    assert 0 <= tracked.track_max_error("rasterio-windows", *COMBINATION) < 1e-6
