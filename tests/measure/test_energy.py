"""The energy of the processor's packages, read from a tree of files such as the kernel's."""

import os

import pytest

from rasterbout.measure.energy import Energy
from rasterbout.measure.meter import Meter
from rasterbout.measure.tree import Tree
from rasterbout.measures import BY_NAME, summed_up

RANGE_UJ = 1000


@pytest.fixture
def powercap(tmp_path):
    """Makes zones, each with a name and a counter in microjoules, and returns how to set a counter."""
    folder = tmp_path / "sys/class/powercap"

    def put(zone, name, energy_uj):
        (folder / zone).mkdir(parents=True, exist_ok=True)
        (folder / zone / "name").write_text(f"{name}\n")
        (folder / zone / "energy_uj").write_text(f"{energy_uj}\n")
        (folder / zone / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")

    put.system = tmp_path
    return put


def test_packages_are_added_up_and_their_parts_are_not(powercap):
    for zone, name in (("intel-rapl:0", "package-0"), ("intel-rapl:1", "package-1"), ("intel-rapl:0:0", "core")):
        powercap(zone, name, 100)
    energy = Energy(powercap.system)
    before = energy.read()
    powercap("intel-rapl:0", "package-0", 400)
    powercap("intel-rapl:1", "package-1", 150)
    powercap("intel-rapl:0:0", "core", 390)
    assert energy.joules(before, energy.read()) == pytest.approx(350e-6)
    assert energy.reason == ""


def test_a_counter_that_began_anew(powercap):
    powercap("intel-rapl:0", "package-0", 990)
    energy = Energy(powercap.system)
    before = energy.read()
    powercap("intel-rapl:0", "package-0", 10)
    assert energy.joules(before, energy.read()) == pytest.approx((10 + RANGE_UJ + 1 - 990) * 1e-6)


def test_a_machine_without_counters(tmp_path):
    energy = Energy(tmp_path)
    assert "/sys/class/powercap shows no package" in energy.reason
    assert "modprobe" in energy.remedy
    assert energy.read() == []
    assert energy.joules([], []) is None


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "seteuid"), reason="root reads everything")
def test_counters_that_only_root_may_read(powercap):
    powercap("intel-rapl:0", "package-0", 5)
    (powercap.system / "sys/class/powercap/intel-rapl:0/energy_uj").chmod(0o400)
    for folder in [powercap.system, *powercap.system.parents]:
        if folder.stat().st_uid == os.geteuid() and folder != folder.parent and str(folder) != "/tmp":
            folder.chmod(folder.stat().st_mode | 0o055)
    os.seteuid(65534 if os.geteuid() == 0 else os.geteuid())
    try:
        energy = Energy(powercap.system)
    finally:
        os.seteuid(os.getuid())
    assert "energy_uj is readable by root only" in energy.reason
    assert energy.remedy == "sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj"


def test_a_counter_that_is_no_number(powercap):
    powercap("intel-rapl:0", "package-0", 5)
    (powercap.system / "sys/class/powercap/intel-rapl:0/max_energy_range_uj").write_text("many\n")
    energy = Energy(powercap.system)
    assert "cannot be read" in energy.reason
    assert energy.read() == []


def test_a_repeat_has_the_energy_between_its_begin_and_end(powercap):
    powercap("intel-rapl:0", "package-0", 100)
    meter = Meter(Tree(), os.getpid(), energy=Energy(powercap.system))
    meter.begin(0.0)
    powercap("intel-rapl:0", "package-0", 160)
    used = meter.end(0.0)
    assert used.energy_j == pytest.approx(60e-6)


def test_a_record_keeps_the_energy_of_each_repeat_and_a_summary_their_mean():
    repeats = [{"wall_s": wall_s, "energy_j": energy_j} for wall_s, energy_j in ((1.0, 2.0), (1.0, 3.0), (5.0, 7.0))]
    kept = summed_up(repeats)
    assert kept["energy_j"] == [2.0, 3.0, 7.0]
    assert BY_NAME["energy_j"].number(kept["energy_j"]) == 4.0
    assert BY_NAME["wall_s"].number(kept["wall_s"]) == 1.0
    assert summed_up([{"wall_s": 1.0, "energy_j": None}])["energy_j"] == []
