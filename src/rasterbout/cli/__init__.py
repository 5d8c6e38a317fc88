"""The command line: an error prints one line on standard error, and its kind determines the exit status."""

import errno
import os
import signal
import sys
from importlib import import_module

import click

from rasterbout.errors import BadInput, RasterboutError

COMMANDS = {
    "backends": ("backends", "backends", "List the backends and whether they are available."),
    "datasets": ("datasets", "datasets", "List, make and show datasets, which are kept in a cache folder."),
    "apply": ("operations", "apply_group", "Perform one operation with one backend."),
    "check": ("operations", "check_group", "Compare a result with the truth, pixel by pixel."),
    "run": ("run", "run", "Measure every backend on every operation, pixels verified."),
    "advise": ("advise", "advise_group", "Race the backends on your files, and say which to use."),
    "report": ("report", "report", "Make a report of runs: one HTML file that works offline."),
    "explain": ("explain", "explain", "Show where the time of the cases of a run went."),
    "cluster": ("cluster", "cluster", "Run on clusters: print the script of a job."),
    "compare": ("compare", "compare", "Compare two git revisions, or two runs."),
}
"""Module, name and short help of each command."""

FAILED, INTERRUPTED, TERMINATED = 1, 130, 143


class Commands(click.Group):
    """Imports a command when it is called, because the libraries of some commands take a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return all names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"rasterbout.cli.commands.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=Commands)
@click.version_option(package_name="rasterbout")
def cli() -> None:
    """Which raster backend, chunk size and worker count to use: the same work, the same pixels, measured."""


def main() -> None:
    """Run the command line and exit: 0 done and right, 1 failed or wrong, 2 bad input, 130 interrupted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that child processes are ended too
    sys.exit(_status())


def _status() -> int:  # noqa: PLR0911  a return for each kind of error
    try:
        cli.main(prog_name="rasterbout", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return BadInput.exit_status
    except click.ClickException as error:
        return _complain(f"{error.format_message()}{_help_hint(error)}", BadInput.exit_status)
    except RasterboutError as error:
        return _complain(str(error), error.exit_status)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except click.exceptions.Exit as error:
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone, as `head` does
        return FAILED
    except OSError as error:
        hint = "; free some space" if error.errno == errno.ENOSPC else ""
        return _complain(f"{error.filename or ''}: {error.strerror}{hint}", FAILED)
    except Exception as error:
        if "RASTERBOUT_DEBUG" in os.environ:
            raise
        return _complain(f"internal error: {type(error).__name__}: {error}; RASTERBOUT_DEBUG=1 shows where", FAILED)
    return 0


def _interrupted() -> int:
    status = _complain("interrupted; what was finished is kept", INTERRUPTED)
    if "RASTERBOUT_DEBUG" not in os.environ:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # hides what libraries print on shutdown
    return status


def _complain(message: str, status: int) -> int:
    print(f"rasterbout: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return status


def _help_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context else ""
