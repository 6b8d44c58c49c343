"""`./run bench`: the numbers that the performance goals speak of, as ratios and counts taken in one run."""
