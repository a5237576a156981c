"""A policy statement is judged with its conditions, its principal and IAM's own wildcards.

Plain moto counts a condition it can't judge as a denial: a bucket whose policy denies plain HTTP refuses every object.
And its wildcards are regular expressions, so that a key with a newline or a dot is matched wrongly.

What stays open: a condition on a key that is neither in `CONTEXT` nor, for S3, in `s3context.py`, can't be judged here.
Such an Allow counts as given and such a Deny as not given: the account may allow what AWS would deny.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from moto.iam.access_control import IAMPolicyStatement, PermissionResult

from local.account.callers import Caller
from local.account.conditions import Context, filled, judge
from local.account.patching import around
from local.account.record import ACCOUNT_ID, REGION
from semantics.iam.globs import matches

# The endpoint is plain HTTP on loopback and stands for AWS's, which is TLS.
CONTEXT: Context = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:principalaccount": ACCOUNT_ID,
    "aws:resourceaccount": ACCOUNT_ID,
    "aws:requestedregion": REGION,
}

_known: ContextVar[Context] = ContextVar("known", default=CONTEXT)
_caller: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039 - frozen


def install() -> None:
    """Judge statements by `effect_on`; a role's trust policy, where a principal is given, stays moto's."""

    @around(IAMPolicyStatement, "is_action_permitted")
    def _judge(
        original: Any,
        statement: IAMPolicyStatement,
        action: str,
        resource: str = "*",
        *trust: Any,
    ) -> PermissionResult:
        if any(trust):
            return original(statement, action, resource, *trust)
        return effect_on(cast("dict[str, Any]", vars(statement)["_statement"]), action, resource)


@contextmanager
def judging(caller: Caller, known: Context) -> Generator[None]:
    """Judge statements for a caller and by what is known of its request, `CONTEXT` among it."""
    tokens = _caller.set(caller), _known.set(known)
    try:
        yield
    finally:
        _caller.reset(tokens[0])
        _known.reset(tokens[1])


def effect_on(statement: dict[str, Any], action: str, resource: str) -> PermissionResult:
    """Return what one statement says about an action on a resource by the caller."""
    named = _named(statement, _caller.get())
    covers = _covers(statement, "Action", action, ignore_case=True) and _covers(statement, "Resource", resource)
    if not (named and covers):
        return PermissionResult.NEUTRAL
    met = judge(statement.get("Condition") or {}, _known.get())
    if statement["Effect"] == "Deny":
        return PermissionResult.DENIED if met else PermissionResult.NEUTRAL
    if named == "its account":  # which leaves it to the account to say who may
        return PermissionResult.NEUTRAL
    return PermissionResult.NEUTRAL if met is False else PermissionResult.PERMITTED


def _named(statement: dict[str, Any], caller: Caller) -> str:
    if "NotPrincipal" in statement:
        return "" if caller.named_by(statement["NotPrincipal"]) == "itself" else "itself"
    return caller.named_by(statement["Principal"]) if "Principal" in statement else "itself"


def _covers(statement: dict[str, Any], element: str, value: str, *, ignore_case: bool = False) -> bool:
    name = element if element in statement else f"Not{element}"
    patterns: Any = statement.get(name, "*")
    written = cast("list[str]", patterns if isinstance(patterns, list) else [patterns])
    found = any(matches(filled(one, _known.get()) or one, value, ignore_case=ignore_case) for one in written)
    return found if name == element or name not in statement else not found
