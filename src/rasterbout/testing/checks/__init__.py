"""The checks of the conformance suite: one class for each kind of check."""
