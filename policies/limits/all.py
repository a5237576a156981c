"""What AWS refuses, or silently never does, and an emulator accepts: each with its source.

`LIMITS` holds them as rules; none of them proves a claim of the runbook. Those of lifecycle rules stand in
`semantics/lifecycle/constraints.py`.
"""

from policies.limits import alarms, documents, events, resources

LIMITS = (*alarms.LIMITS, *documents.LIMITS, *events.LIMITS, *resources.LIMITS)
