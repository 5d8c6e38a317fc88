"""CPU seconds, bytes and wall time, against programs of known cost."""

import pytest

pytestmark = pytest.mark.slow

BUSY = {
    "in the process": ("burn(1)", 1),
    "in two threads at once": (
        """
        import hashlib, threading
        def work():
            while time.thread_time() < 0.5:
                hashlib.sha256(bytes(1 << 20))
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """,
        1,
    ),
    "in a child": ("subprocess.run(BURN)", 1),
    "in a child of a child": ("subprocess.run(IN_BETWEEN + BURN)", 1),
    "in two children": ("for child in [subprocess.Popen(BURN) for _ in range(2)]: child.wait()", 2),
    "in a child that goes on": (
        """
        program = "while time.process_time() < 1: pass" + chr(10) + "print(flush=True); time.sleep(9)"
        subprocess.Popen(python(program), stdout=subprocess.PIPE).stdout.readline()
        """,
        1,
    ),
    "in a child that nobody waited for yet": ("subprocess.Popen(BURN); time.sleep(3)", 1),
    "in a child whose parent has ended": ("subprocess.run(AND_LEAVE + BURN); time.sleep(3)", 1),
}  # fmt: skip


@pytest.mark.parametrize(("program", "busy_s"), BUSY.values(), ids=BUSY)
def test_cpu_time_is_what_the_program_burns(measure, program, busy_s):
    (cpu_s,) = measure(program)["cpu_s"]
    assert cpu_s == pytest.approx(busy_s, rel=0.02)


def test_a_kernel_that_does_not_list_children_changes_nothing(measure, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import pathlib\n"
        "there = pathlib.Path.exists\n"
        "pathlib.Path.exists = lambda path, **how: path.name != 'children' and there(path, **how)\n"
    )
    facts = measure("subprocess.run(IN_BETWEEN + BURN)")
    assert facts["cpu_s"] == pytest.approx([1], rel=0.02)


def test_sleeping_costs_no_cpu(measure):
    facts = measure("time.sleep(0.5)", repeats=5)
    assert max(facts["cpu_s"]) < 0.005
    assert 0.5 <= min(facts["wall_s"]) < 0.6


def test_doing_nothing_takes_no_time(measure):
    assert min(measure("pass", repeats=20)["wall_s"]) < 0.001


def test_what_came_before_the_repeat_is_not_counted(measure):
    facts = measure("burn(0.3)", warmups=2, repeats=2)
    assert facts["cpu_s"] == pytest.approx([0.3, 0.3], rel=0.05)
    assert facts["warmup_s"] >= 0.6


def test_bytes_are_what_passed_through_calls_of_all_processes(measure):
    program = """
        child = "open(sys.argv[1], 'wb').write(bytes(20_000_000)); len(open(sys.argv[1], 'rb').read())"
        subprocess.run(python(child) + [str(out.path)])
        out.path.read_bytes()
    """
    idle = measure("subprocess.run(python('pass'))")
    facts = measure(program)
    assert facts["written_bytes"] - idle["written_bytes"] == pytest.approx(20_000_000, rel=0.001)
    assert facts["read_bytes"] - idle["read_bytes"] == pytest.approx(40_000_000, rel=0.001)


def test_the_timeline_shows_when(measure):
    timeline = measure("time.sleep(0.3); burn(0.3); held = b'x' * 100_000_000; time.sleep(3)")["timeline"]
    assert 100 < len(timeline) <= 200
    assert timeline[0]["t_s"] == 0
    assert [point["t_s"] for point in timeline] == sorted(point["t_s"] for point in timeline)
    slept, burnt = next(point for point in timeline if point["t_s"] >= 0.25), timeline[-1]
    assert slept["cpu_s"] < 0.05
    assert burnt["cpu_s"] >= 0.3
    assert max(point["memory_bytes"] for point in timeline) - slept["memory_bytes"] > 99_000_000
