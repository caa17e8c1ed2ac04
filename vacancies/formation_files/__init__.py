"""Formation files with the columns of SSCASN: one row per formation and education."""
