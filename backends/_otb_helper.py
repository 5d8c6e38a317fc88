"""Runs OTB applications for rasterbout in an interpreter that can import ``otbApplication``.

Started as a script by another interpreter, which may be older than rasterbout's own: standard
library only. Reads one step as a line of JSON from standard input, answers with a line of JSON on
what was standard output; all that OTB prints goes to standard error.
"""

import json
import os
import sys


def main() -> None:
    """Serve steps until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import otbApplication  # noqa: PLC0415  after standard output is out of its reach

    _answer(answers, {"version": getattr(otbApplication, "__version__", "")})
    for line in sys.stdin:
        try:
            _run(otbApplication, json.loads(line))
            _answer(answers, {})
        except Exception as error:  # noqa: BLE001  whatever OTB raises is the caller's to report
            _answer(answers, {"error": str(error)})


def _run(otb, step) -> None:  # type: ignore[no-untyped-def]
    application = otb.Registry.CreateApplication(step["application"])
    if application is None:
        raise RuntimeError("there is no application " + step["application"])
    for key, value in step["parameters"].items():
        if isinstance(value, list):
            application.SetParameterStringList(key, value)
        elif isinstance(value, float):
            application.SetParameterFloat(key, value)
        elif isinstance(value, int):
            application.SetParameterInt(key, value)
        else:
            application.SetParameterString(key, value)
    application.SetParameterString("out", step["output"])
    application.SetParameterOutputImagePixelType("out", otb.ImagePixelType_float)
    status = application.ExecuteAndWriteOutput()
    if status != 0:
        raise RuntimeError(f"it ended with status {status}")


def _answer(answers, message) -> None:  # type: ignore[no-untyped-def]
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
