"""The conformance suite that every backend passes, for use in the tests of any distribution.

Needs pytest: ``pip install 'rasterbout[testing]'``.
"""

import pytest

# Before the imports below, so that a failing assert shows its values.
for module in ("availability", "checks", "judging"):
    pytest.register_assert_rewrite(f"{__name__}.{module}")

from rasterbout.testing.suite import Conformance, conformance  # noqa: E402

__all__ = ["Conformance", "conformance"]
