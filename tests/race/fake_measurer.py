"""A measurer whose times are known, and cases to race."""

from rasterbout.case import Case
from rasterbout.datasets import load
from rasterbout.record import Record
from rasterbout.resources import Resources


def case(operation="ndvi", backend="rasterio-windows", chunk=256, workers=1, size=96):
    """Return a case on a small tile."""
    return Case(
        operation=load("s2-tile", size=size).operation(operation),
        backend=backend, dataset="s2-tile", size=size, resources=Resources(chunk=chunk, workers=workers),
    )  # fmt: skip


class FakeMeasurer:
    """Returns records with the time in seconds, or the status, that ``truth`` gives for a case and a round.

    Each takes one second of `now_s`.
    """

    def __init__(self, truth, records=()):
        self._truth = truth
        self.records = list(records)
        self.busy_s = 0.0
        self.now_s = 0.0
        self.calls = []

    def measure(self, cases, number, repeats=0):
        self.calls.append((number, [case.backend for case in cases], repeats))
        for index, one in enumerate(cases):
            self.now_s += 1.0
            found = self._truth(one, number)
            facts = {"status": found} if isinstance(found, str) else {"status": "ok", "wall_s": [found]}
            memory = {} if index else {"peak_bytes": 1}
            record = Record(**one.fields, round=number, elapsed_s=1.0, **facts, **memory)
            self.records.append(record)
            yield record

    def end_round(self):
        pass
