"""The cache folder: files kept between runs."""

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_root() -> Path:
    """Return ``$RASTERBOUT_CACHE``, or ``rasterbout`` in the user's cache folder; it may not exist yet."""
    chosen = os.environ.get("RASTERBOUT_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else user_cache_path("rasterbout")
