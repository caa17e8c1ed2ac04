"""Measurements: medians, each beside a limit measured in the same run. `make bench`, `make bench ARGS="scores --quick"`."""
