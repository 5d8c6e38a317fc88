"""An answer from the history in words, and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from rasterbout import identity
from rasterbout.history.likeness import blocks
from rasterbout.history.recall import Measured, Predicted
from rasterbout.reports.statistics.words import headline, reasons

Fields = Mapping[str, Any]

NOTHING = "nothing like this was measured on this machine; run the same command without --from-history"


def lines(found: Measured | Predicted | None, fields: Fields) -> Iterator[str]:
    """Yield the answer for the task with these record fields, line by line."""
    match found:
        case None:
            yield NOTHING
            yield f"  wanted: {_files(fields)}"
        case Measured():
            yield f"{identity.work_name(fields)}: {headline(found.found.time)}"
            for reason in reasons(found.found):
                yield f"  {reason}"
            rounds = len({record.round for record in found.records})
            on = max(record.started_at for record in found.records)[:10]
            yield f"  measured on files like this: {_files(fields)}; {rounds} rounds on {on}"
        case Predicted():
            yield from _predicted(found, fields)


def _predicted(found: Predicted, fields: Fields) -> Iterator[str]:
    setting, growth = found.growths[0]
    close = [identity.setting_name(one) for one, _ in found.close]
    name = identity.setting_name(setting)
    yield f"{identity.work_name(fields)}: " + (f"too close to call: {'; '.join([name, *close])}" if close else name)
    yield (
        f"  not measured at this size; predicted {growth.time_s(found.pixels):.3g} s from {len(growth.sizes)} sizes of "
        f"files like this ({_files(fields)}), {growth.sizes[0]:,} to {growth.sizes[-1]:,} pixels"
    )
    yield f"  time = a + b x pixels; at each size, predicted from the others, it errs by at most {growth.error:.0%}"


def as_json(found: Measured | Predicted | None, fields: Fields) -> dict[str, Any]:
    """Return the answer as a JSON object; times in seconds."""
    said = {"task": identity.work_name(fields), "files": _files(fields), "lines": list(lines(found, fields))}
    match found:
        case None:
            return said | {"evidence": "none", "use": None}
        case Measured():
            best = found.found.time
            use, close = vars(best.choice), [_setting(vars(one)) for one in best.close]
            return said | {
                "evidence": "measured",
                "use": _setting(use),
                "wall_s": best.choice.median_wall_s,
                "close": close,
            }
        case Predicted():
            setting, growth = found.growths[0]
            close = [_setting(one) for one, _ in found.close]
            predicted = {"wall_s": growth.time_s(found.pixels), "error": growth.error, "close": close}
            return said | {"evidence": "predicted", "use": _setting(setting)} | predicted


def _setting(fields: Fields) -> dict[str, Any]:
    chunk = str(fields["chunk"])
    return {name: fields[name] for name in identity.SETTING} | {"chunk": int(chunk) if chunk.isdigit() else chunk}


def _files(fields: Fields) -> str:
    stored = f"{fields['input_dtype']}, {fields['input_compression']}, {blocks(fields)}"
    return f"{stored}, {fields['pixels']:,} pixels; output {fields['layout']}, {fields['compress']}"
