"""All cases of downscale."""

from rasterbout.operations.downscale import Downscale
from rasterbout.testing.case import Cases
from rasterbout.testing.cases import downscale_files, downscale_values

CASES = Cases(Downscale.name, downscale_values.CASES, downscale_files.CASES)
