"""The session of `numba-fused`: compiled loops, and the files they read and write."""
