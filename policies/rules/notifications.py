"""Every alarm and every rule reaches a PagerDuty service: the topic exists, and those who publish are let in.

CloudWatch can't publish to a topic under AWS's own key, and nothing says so: the alarm goes off and nobody hears it.
https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
"""

from collections.abc import Iterator
from dataclasses import dataclass

from estate.model import Estate, Resource
from estate.names import PREFIX
from estate.paths import Path
from estate.views import Topic, own_key, topics
from policies.comparison import Comparison, absent, equal, expect, show, undeclared
from policies.finding import Entry, Severity
from policies.rule import rule
from policies.rules.statements import statements_of
from policies.runbook.claims import TopicClaim
from policies.runbook.reader import Runbook
from semantics.iam.statements import Statement

KEY_ALIAS = f"alias/{PREFIX}-notifications"
OWN_KEY = "a key of this account"
PUBLISHERS = {"cloudwatch.amazonaws.com": f"alarm:{PREFIX}-*", "events.amazonaws.com": f"rule/{PREFIX}-*"}
"""Service → those of its resources that may publish."""


@rule(
    "topic",
    "Every service is paged through a topic that CloudWatch and EventBridge may publish to.",
    Severity.CRITICAL,
    (TopicClaim,),
    why="Alarms would vanish silently.",
)
def topic(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each topic, its policy and its key with its row."""
    declared, known = {t.name: t for t in topics(estate)}, {c.topic for c in runbook.of(TopicClaim)}
    for claim in runbook.of(TopicClaim):
        row, column = Entry("row", claim.service, runbook.path), ("Topic",)
        yield Comparison(row, column, claim.service, claim.topic, claim.topic == claim.service, claim, column)
        found = declared.get(claim.topic)
        if found is None:
            yield absent(undeclared("sns/topic:Topic", claim.topic), ("name",), "a topic of that name", claim)
            continue
        yield expect(found.resource, ("name",), claim.topic, claim, scope=("name",))
        yield from _publishers(estate, found, claim)
        yield from _encryption(estate, found, claim)
    for name, other in declared.items():
        if name not in known:
            yield Comparison(other.resource, ("name",), "a row in the table of services", name, holds=False)


def _publishers(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    if topic.policy is None:
        yield absent(topic.resource, ("policy",), f"a policy of {topic.arn}", claim)
        return
    if topic.policy is not topic.resource:
        yield expect(topic.policy, ("arn",), topic.arn, claim, scope=("arn",))
    for publisher, source in PUBLISHERS.items():
        arn = f"arn:aws:{publisher.partition('.')[0]}:{estate.region}:{estate.account}:{source}"
        conditions = {_account(estate), f"ArnLike aws:sourcearn = {arn}"}
        wanted = _Wanted(publisher, ("sns:publish",), topic.arn, frozenset(conditions))
        yield _allowed(estate, topic.policy, wanted, claim)


def _encryption(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    key_id, path = topic.resource.properties.get("kmsMasterKeyId"), ("kmsMasterKeyId",)
    found = OWN_KEY if own_key(key_id, estate) else show(key_id)
    yield equal(topic.resource, path, OWN_KEY, found, claim, scope=path)
    key = _key(estate)
    if key is None:
        yield absent(undeclared("kms/key:Key", KEY_ALIAS), ("policy",), "a key of that alias", claim)
        return
    for publisher in PUBLISHERS:
        wanted = _Wanted(publisher, ("kms:decrypt", "kms:generatedatakey*"), "*", frozenset({_account(estate)}))
        yield _allowed(estate, key, wanted, claim)


@dataclass(frozen=True)
class _Wanted:
    """What a statement must allow a service, and under which conditions exactly."""

    service: str
    actions: tuple[str, ...]
    resource: str
    conditions: frozenset[str]

    def granted_by(self, statement: Statement) -> bool:
        """Says whether a statement allows it all."""
        return (
            statement.allow
            and f"service:{self.service}" in statement.principals
            and set(self.actions) <= set(statement.actions)
            and self.resource in statement.resources
            and statement.conditions == self.conditions
        )


def _account(estate: Estate) -> str:
    return f"StringEquals aws:sourceaccount = {estate.account}"


def _allowed(estate: Estate, resource: Resource, wanted: _Wanted, claim: TopicClaim) -> Comparison:
    statements = statements_of(estate, resource)
    index = next((i for i, s in enumerate(statements) if wanted.granted_by(s)), None)
    path: Path = ("policy",) if index is None else ("policy", "Statement", index)
    expected = f"{wanted.service} allowed {', '.join(wanted.actions)} where {' and '.join(sorted(wanted.conditions))}"
    found = "not so" if index is None else expected
    return Comparison(resource, path, expected, found, index is not None, claim, path)


def _key(estate: Estate) -> Resource | None:
    """Finds the topics' key: an alias is called like its key, with `-alias` behind. The key's id is not known yet."""
    alias = next((a for a in estate.of_type("kms/alias:Alias") if a.properties.get("name") == KEY_ALIAS), None)
    return next((k for k in estate.of_type("kms/key:Key") if alias and alias.name == f"{k.name}-alias"), None)


RULES = (topic,)
