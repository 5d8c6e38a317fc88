"""Values of ``--cluster``: options of jobs, or a cluster of dask."""

import tomllib
from pathlib import Path
from typing import Any

import click

from rasterbout.cluster.dask_cluster import DaskCluster, described, named
from rasterbout.errors import BadInput

Options = dict[str, Any]


class SiteFile(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A TOML file of options of sbatch by their long names, such as ``partition = "short"``; time in minutes."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Return the options."""
        if isinstance(value, dict):
            return value
        try:
            return tomllib.loads(Path(value).read_text(encoding="utf-8"))
        except OSError as error:
            self.fail(f"{value}: {error.strerror}", param, ctx)
        except tomllib.TOMLDecodeError as error:
            self.fail(f'{value}: {error}; write lines such as partition = "short"', param, ctx)


class ClusterName(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A file of options of sbatch (.toml), a file of dask's configuration (.yaml), or a class of dask's clusters."""

    name = "file|class"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Options | DaskCluster:
        """Return the options or the cluster."""
        if isinstance(value, dict | DaskCluster):
            return value
        file = Path(value)
        if file.suffix == ".toml":
            return SiteFile().convert(value, param, ctx)
        try:
            return described(file) if file.suffix in {".yaml", ".yml"} else named(value)
        except BadInput as error:
            self.fail(str(error), param, ctx)
