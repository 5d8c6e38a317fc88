"""Peak memory, against programs that hold a known amount."""

import pytest

pytestmark = pytest.mark.slow

MB = 1_000_000
IDLE = "time.sleep(0.3)"

HELD = {
    "in a child": ("subprocess.run(HOLD)", "subprocess.run(IDLE)", 300 * MB),
    "in a child of a child": ("subprocess.run(IN_BETWEEN + HOLD)", "subprocess.run(IN_BETWEEN + IDLE)", 300 * MB),
    "in a child whose parent has ended": (
        "subprocess.run(AND_LEAVE + HOLD); time.sleep(1.2)",
        "subprocess.run(AND_LEAVE + IDLE); time.sleep(1.2)",
        300 * MB,
    ),
    "1 GB in the parent and 50 MB in a forked child": (
        """
        held = b"x" * 1_000_000_000
        def work():
            more = b"x" * 50_000_000
            time.sleep(0.4)
        os.waitpid(forked(work), 0)
        """,
        IDLE,
        1050 * MB,
    ),
    "1 GB in the parent and 50 MB in another program": (
        """
        held = b"x" * 1_000_000_000
        for _ in range(20):
            subprocess.run(["true"])
        subprocess.run(python('more = b"x" * 50_000_000; time.sleep(0.3)'))
        """,
        "subprocess.run(IDLE)",
        1050 * MB,
    ),
    "shared by fork, three times": (
        """
        held = b"x" * 300_000_000
        for child in [forked(lambda: time.sleep(0.4)) for _ in range(3)]:
            os.waitpid(child, 0)
        """,
        """
        for child in [forked(lambda: time.sleep(0.4)) for _ in range(3)]:
            os.waitpid(child, 0)
        """,
        300 * MB,
    ),
    "shared by fork, then written by the child": (
        """
        held = bytearray(b"x" * 300_000_000)
        def work():
            held[::4096] = held[::4096].replace(b"x", b"y")
            time.sleep(0.4)
        os.waitpid(forked(work), 0)
        """,
        IDLE,
        600 * MB,
    ),
    "in memory that a fork shares on purpose": (
        """
        held = mmap.mmap(-1, 300_000_000)
        for start in range(0, 300_000_000, 4096):
            held[start] = 1
        def work():
            sum(held[::4096])
            time.sleep(0.4)
        os.waitpid(forked(work), 0)
        """,
        IDLE,
        300 * MB,
    ),
    "for a tenth of a second": (
        """
        time.sleep(0.2)
        held = b"x" * 300_000_000
        time.sleep(0.1)
        del held
        time.sleep(0.2)
        """,
        IDLE,
        300 * MB,
    ),
    "too shortly for any sample": (
        """
        time.sleep(0.2)
        mmap.mmap(-1, 20_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()
        time.sleep(0.2)
        """,
        IDLE,
        20 * MB,
    ),
    "in pages of files, which do not count": (
        "out.path.with_suffix('.big').write_bytes(b'x' * 300_000_000)",
        "held = b'x' * 300_000_000",
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("program", "idle", "bytes_held"), HELD.values(), ids=HELD)
def test_memory_is_what_the_program_holds(measure, program, idle, bytes_held):
    peak_bytes = measure(program)["peak_bytes"] - measure(idle)["peak_bytes"]
    assert abs(peak_bytes - bytes_held) <= max(0.05 * bytes_held, 5 * MB)


def test_mapped_files_do_not_count(measure):
    mapped = """
        path = out.path.with_suffix('.big')
        with path.open('wb') as file:
            for _ in range(300): file.write(bytes(MB))
        with path.open('rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
            total = sum(pages[::4096]); time.sleep(0.2)
    """
    assert measure(mapped)["peak_bytes"] - measure(IDLE)["peak_bytes"] < 10 * MB


def test_the_peak_is_that_of_the_operation_not_of_what_came_before(measure):
    first_is_large = """
        if not os.path.exists('/proc/self/once') and not hasattr(sys, 'once'):
            sys.once = True; held = b'x' * 300_000_000; del held
    """
    assert measure(first_is_large, warmups=1)["peak_bytes"] - measure("pass", warmups=1)["peak_bytes"] < 10 * MB
