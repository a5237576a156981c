"""Audits of the project's own estate, as tests make them: few kinds at a time, so that each takes a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import boto3

from audit.api import Account
from audit.model import Report
from audit.observe import Place, declared_places
from audit.readers.all import KINDS
from audit.run import Request, audit
from audit.table import Kind
from estate.hash import with_own_hash
from estate.model import Estate
from policies.runbook.reader import Runbook

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Auditor:
    """Audits one account.

    Attributes:
        estate: what is declared, in full.
        runbook: its claims.
        account: shared by all audits; each begins with every answer forgotten.
        session: what the account's clients were made from.
    """

    estate: Estate
    runbook: Runbook
    account: Account
    session: boto3.Session
    clients: dict[str, Any] = field(default_factory=dict[str, Any])

    def report(
        self, scope: str | None = None, kinds: Sequence[Kind] = KINDS, *, account: Account | None = None
    ) -> Report:
        """Audits, of the whole table or of some kinds."""
        request = Request(self.estate, self.runbook, "a commit", scope=scope, kinds=tuple(kinds))
        asked = account or self.account.fresh()
        return audit(asked, request, lambda _, __: None, today=TODAY, caller="arn:aws:iam::123456789012:root")

    def places(self, kind: Kind) -> list[Place]:
        """The declared resources of a kind."""
        return declared_places(with_own_hash(self.estate), (kind,))

    def aws(self, service: str) -> Any:
        """A client that changes the account behind the program's back."""
        if service not in self.clients:
            self.clients[service] = cast("Any", self.session).client(service, region_name=self.estate.region)
        return self.clients[service]


def short(kind: Kind) -> str:
    """A type as the tables of changes name it: `s3/bucket`."""
    return kind.type.split(":")[1]
