"""Every registered backend passes the conformance suite."""

import pytest

from rasterbout.registry import backend_names
from rasterbout.testing import conformance

for name in backend_names():
    one_process = pytest.mark.xdist_group(name)  # its sessions are opened once, not once in every worker
    globals()[f"Test{name.title().replace('-', '')}"] = one_process(conformance(name))
