"""Planted money defects, kept as patches that tests apply to a temporary copy of the product."""
