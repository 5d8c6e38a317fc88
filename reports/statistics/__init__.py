"""Records as numbers: summaries, ratios with intervals, answers and rules of thumb."""
