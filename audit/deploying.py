"""Whether the account is being deployed to: then what differs is half done, and not drift.

The deployment writes the hash of what it deploys into one parameter before everything else, and into another after it
(`components.deployment`). A repair at the same commit writes neither, so an audit during one may find what it mends.
"""

from collections.abc import Callable
from dataclasses import dataclass

from audit.api import AbsentError, Account
from audit.model import Drift, Status, Subject
from estate.names import PREFIX, Names
from policies.finding import Severity

PARAMETER = "aws:ssm/parameter:Parameter"
SOURCE = "components/deployment.py:1"

ATTEMPTS = 4
PAUSE_SECONDS = 30.0
"""A deployment takes a minute or two; one that takes longer is told."""


@dataclass(frozen=True)
class Marker:
    """The two parameters' values; None for one that is not there, both before a first deployment."""

    opened: str | None
    closed: str | None

    @property
    def settled(self) -> bool:
        """Whether what was begun has also ended."""
        return self.opened == self.closed


def read_marker(account: Account, names: Names) -> Marker:
    """Reads the parameters, anew.

    Raises:
        UnreadableError: the account did not tell.
    """
    fresh = account.fresh()

    def value(parameter: str) -> str | None:
        try:
            return str(fresh.ask("ssm", "get_parameter", Name=parameter)["Parameter"]["Value"])
        except AbsentError:
            return None

    return Marker(value(names.deployment_opened), value(names.deployment_closed))


def undisturbed(
    look: Callable[[], Drift | None], pause: Callable[[float], None], attempts: int = ATTEMPTS
) -> Drift | None:
    """Looks until no deployment gets in the way.

    Args:
        look: one audit; returns a finding where a deployment was under way.
        pause: sleeps so many seconds.
        attempts: how often to look.

    Returns:
        None, or the last finding where every look was disturbed.
    """
    disturbed: Drift | None = None
    for attempt in range(attempts):
        if attempt:
            pause(PAUSE_SECONDS)
        if (disturbed := look()) is None:
            return None
    return disturbed


def unreadable_marker(names: Names, answer: str) -> Drift:
    """Tells that nobody knows whether a deployment is under way."""
    subject = Subject(PARAMETER, f"{PREFIX}-deployment-opened", names.deployment_opened, "value")
    return Drift(
        subject=subject,
        status=Status.UNREADABLE,
        severity=Severity.HIGH,
        expected="a readable value",
        found=answer,
        why="What differs may only be half done: whether a deployment is under way is not known.",
        claim=None,
        rule=None,
        source=SOURCE,
        put_back="allow ssm:GetParameter, then audit again",
        accept="nothing: it has to be read",
    )


def deploying(names: Names, before: Marker, after: Marker) -> Drift | None:
    """Tells that a deployment was under way before or after a look, or None."""
    if before.settled and before == after:
        return None
    seen = after if before.settled else before
    parameter = names.deployment_opened
    subject = Subject(PARAMETER, f"{PREFIX}-deployment-opened", parameter, "value")
    return Drift(
        subject=subject,
        status=Status.DEPLOYING,
        severity=Severity.HIGH,
        expected=f"{names.deployment_closed}: {seen.closed}",
        found=f"a deployment is under way, or was broken off: {parameter} says {seen.opened}",
        why="What differs now may only be half done; nothing is called drift until the deployment ends.",
        claim=None,
        rule=None,
        source=SOURCE,
        put_back="audit again when the deployment has ended; end one that was broken off with `pulumi up`",
        accept="nothing: it ends by itself",
    )
