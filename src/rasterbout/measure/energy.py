"""The energy of the processor's packages, from the RAPL counters.

The counters cover the whole machine, including other work. The kernel exposes them under powercap;
since 5.10 only root may read them by default. Virtual machines usually hide them.
Format: the kernel's documentation of the power capping framework.
"""

import os
from contextlib import ExitStack
from pathlib import Path

SYSTEM = Path("/")
POWERCAP = "sys/class/powercap"
MICRO = 1e-6
NUMBER_BYTES = 32


class Energy:
    """The counters of all packages, held open.

    Attributes
    ----------
    reason
        Why the counters cannot be read; empty if they can.
    remedy
        A command that may make them readable.
    """

    def __init__(self, system: Path = SYSTEM) -> None:
        self.reason = self.remedy = ""
        self._ranges_uj: list[int] = []
        self._files: list[int] = []
        self._opened = ExitStack()
        zones = [zone for zone in sorted((system / POWERCAP).glob("intel-rapl:*")) if _is_package(zone)]
        try:
            for zone in zones:
                self._ranges_uj.append(int((zone / "max_energy_range_uj").read_text(encoding="ascii")))
                handle = os.open(zone / "energy_uj", os.O_RDONLY | os.O_CLOEXEC)
                self._opened.callback(os.close, handle)
                self._files.append(handle)
        except PermissionError as error:
            self._give_up(
                f"{error.filename} is readable by root only", f"sudo chmod a+r /{POWERCAP}/intel-rapl:*/energy_uj"
            )
        except (OSError, ValueError) as error:
            self._give_up(f"the counters cannot be read: {error}", "")
        if not zones:
            self._give_up(
                f"/{POWERCAP} shows no package of the processor, as on most virtual machines",
                "sudo modprobe intel_rapl_msr, on a machine of your own",
            )

    def read(self) -> list[int]:
        """Return the counters in microjoules, one for each package; empty if they cannot be read."""
        return [int(os.pread(file, NUMBER_BYTES, 0)) for file in self._files]

    def joules(self, before: list[int], after: list[int]) -> float | None:
        """Return the energy in joules between two readings, None without readings; counters may wrap around."""
        if not before:
            return None
        passed = zip(before, after, self._ranges_uj, strict=True)
        return MICRO * sum((later - earlier) % (largest + 1) for earlier, later, largest in passed)

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def _give_up(self, reason: str, remedy: str) -> None:
        self.close()
        self._files = []
        self.reason, self.remedy = reason, remedy


def _is_package(zone: Path) -> bool:
    """Whether a zone covers a whole package, not a part such as its cores or its memory."""
    name = zone / "name"
    return name.is_file() and name.read_text(encoding="ascii").startswith("package")
