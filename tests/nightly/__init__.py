"""The longer tiers of the proof: the same harnesses as in the suite, for as long as they are given, in portions that resume."""
