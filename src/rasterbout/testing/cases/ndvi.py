"""All cases of NDVI."""

from rasterbout.operations.ndvi import Ndvi
from rasterbout.testing.case import Cases
from rasterbout.testing.cases import ndvi_files, ndvi_values

CASES = Cases(Ndvi.name, ndvi_values.CASES, ndvi_files.CASES)
