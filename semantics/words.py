"""Words for people that mean the same wherever they stand."""

ABSENT = "(absent)"
"""Says that nothing stands there."""
