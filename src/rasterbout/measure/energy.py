"""The energy of the processor's packages, from the counters of RAPL.

They count for the whole machine, other work included. The kernel shows them under powercap; since
5.10 only root may read them unless it allows others. Virtual machines usually hide them.
Format: the kernel's document on the power capping framework.
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
        Why they cannot be read; empty if they can.
    remedy
        The command that may allow it.
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
                f"{error.filename} may be read by root alone", f"sudo chmod a+r /{POWERCAP}/intel-rapl:*/energy_uj"
            )
        except (OSError, ValueError) as error:
            self._give_up(f"the counters cannot be read: {error}", "")
        if not zones:
            self._give_up(
                f"/{POWERCAP} shows no package of the processor, as on most virtual machines",
                "sudo modprobe intel_rapl_msr, on a machine of your own",
            )

    def read(self) -> list[int]:
        """Return the counters in microjoules, one for each package; empty where they cannot be read."""
        return [int(os.pread(file, NUMBER_BYTES, 0)) for file in self._files]

    def joules(self, before: list[int], after: list[int]) -> float | None:
        """Return the energy between two readings, None where there is none; a counter begins anew once in a while."""
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
    """Whether a zone counts a whole package, and not a part such as its cores or its memory."""
    name = zone / "name"
    return name.is_file() and name.read_text(encoding="ascii").startswith("package")
