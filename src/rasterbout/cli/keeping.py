"""Keep the records of a run for later answers."""

from rich.console import Console

from rasterbout.measure.folder import RunFolder


def keep_history(folder: RunFolder, console: Console) -> None:
    """Copy the records of a run into the history, or print why they are not kept."""
    from rasterbout.history.store import keep  # noqa: PLC0415  imports scipy, after the rounds

    try:
        keep(folder.path)
    except OSError as error:
        console.print(
            f"the records are not kept for `advise --from-history`: {error.filename}: {error.strerror}",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
