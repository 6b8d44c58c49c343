"""The pure till: no clock, no randomness, no database, no Flask."""
