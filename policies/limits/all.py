"""What AWS refuses, or silently never does, and an emulator accepts: each limit a row with its source.

`LIMITS` holds them as rules; none of them proves a claim of the runbook. Limits of lifecycle rules stand in
`semantics/lifecycle/model.py`.
"""

from policies.limits import alarms, events, resources

LIMITS = tuple(limit.rule() for limit in (*alarms.LIMITS, *events.LIMITS, *resources.LIMITS))
