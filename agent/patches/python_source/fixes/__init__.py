"""Fixers for fissix that it has not: one a module, in fissix's own shape."""
