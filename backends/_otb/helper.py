"""Run OTB applications in an interpreter that can import ``otbApplication``.

This script runs in another interpreter, which may be older than that of rasterbout, so it uses only
the standard library. It reads each step as a line of JSON from standard input, and answers with a
line of JSON on standard output; whatever OTB prints goes to standard error.
"""

import json
import os
import sys


def main() -> None:
    """Run steps until the end of the input."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import otbApplication  # noqa: PLC0415  after the redirection, as it prints on import

    _answer(answers, {"version": getattr(otbApplication, "__version__", "")})
    for line in sys.stdin:
        try:
            _run(otbApplication, json.loads(line))
            _answer(answers, {})
        except Exception as error:  # noqa: BLE001  the caller reports whatever OTB raises
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
