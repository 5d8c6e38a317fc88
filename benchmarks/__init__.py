"""The asv suite: what `rasterbout run` measures, followed over commits and versions of dependencies."""
