"""The gate: whether one revision, or one run, is slower than another."""
