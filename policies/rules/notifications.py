"""Every alarm and every rule reaches a PagerDuty service: the topic exists, and those who publish are let in.

CloudWatch can't publish to a topic under AWS's own key, and nothing says so: the alarm goes off and nobody hears it.
https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
"""

from collections.abc import Iterator
from dataclasses import dataclass

from estate.model import Estate, Resource
from estate.views import Topic, named, own_key, topics
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule, show
from policies.runbook.claims import TopicClaim
from policies.runbook.reader import Runbook
from semantics.iam.statements import Statement, UnreadablePolicyError, read_policy

KEY_ALIAS = "alias/author-notifications"
OWN_KEY = "a key of this account"
PUBLISHERS = {"cloudwatch.amazonaws.com": "alarm:author-*", "events.amazonaws.com": "rule/author-*"}
"""Service → those of its resources that may publish."""


def _topics(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {t.name: t for t in topics(estate)}
    for claim in runbook.of(TopicClaim):
        topic = declared.get(claim.topic)
        yield Comparison(
            f"{runbook.path} row {claim.service}",
            "Topic",
            claim.service,
            claim.topic,
            claim.topic == claim.service,
            claim,
            "Topic",
        )
        if topic is None:
            yield absent(f"sns/topic {claim.topic}", "name", "a topic of that name", claim)
            continue
        yield equal(topic.resource, "name", claim.topic, topic.name, claim, scope="name")
        yield from _publishing(estate, topic, claim)
        yield from _encryption(estate, topic, claim)
    known = {c.topic for c in runbook.of(TopicClaim)}
    for name, topic in declared.items():
        if name not in known:
            yield Comparison(named(topic.resource), "name", "a row in the table of services", name, holds=False)


def _publishing(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    if topic.policy is None:
        yield absent(named(topic.resource), "policy", f"a policy of {topic.arn}", claim)
        return
    if topic.policy is not topic.resource:
        yield equal(topic.policy, "arn", topic.arn, topic.policy.properties.get("arn"), claim, scope="arn")
    for publisher, source in PUBLISHERS.items():
        arn = f"arn:aws:{publisher.partition('.')[0]}:{estate.region}:{estate.account}:{source}"
        conditions = {_account(estate), f"ArnLike aws:sourcearn = {arn}"}
        wanted = _Wanted(publisher, ("sns:publish",), topic.arn, frozenset(conditions))
        yield _allowed(estate, topic.policy, wanted, claim)


def _encryption(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    key_id, path = topic.resource.properties.get("kmsMasterKeyId"), "kmsMasterKeyId"
    found = OWN_KEY if own_key(key_id, estate) else show(key_id)
    yield equal(topic.resource, path, OWN_KEY, found, claim, scope=path)
    key = _key(estate)
    if key is None:
        yield absent(f"kms/key {KEY_ALIAS}", "policy", "a key of that alias", claim)
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
    statements = _statements(estate, resource)
    index = next((i for i, s in enumerate(statements) if wanted.granted_by(s)), None)
    path = "policy" if index is None else f"policy.Statement[{index}]"
    expected = f"{wanted.service} allowed {', '.join(wanted.actions)} where {' and '.join(sorted(wanted.conditions))}"
    found = "not so" if index is None else expected
    return Comparison(named(resource), path, expected, found, index is not None, claim, path)


def _key(estate: Estate) -> Resource | None:
    """Finds the topics' key: an alias is called like its key, with `-alias` behind. The key's id is not known yet."""
    alias = next((a for a in estate.of_type("kms/alias:Alias") if a.properties.get("name") == KEY_ALIAS), None)
    return next((k for k in estate.of_type("kms/key:Key") if alias and alias.name == f"{k.name}-alias"), None)


def _statements(estate: Estate, resource: Resource) -> list[Statement]:
    """Reads a policy; one that can't be read lets nobody in here, and the permission equation reports it."""
    try:
        return read_policy(resource.properties.get("policy"), resource.name, estate.account)
    except UnreadablePolicyError:
        return []


RULES = (
    rule(
        "topic",
        "Every service is paged through a topic that CloudWatch and EventBridge may publish to.",
        Severity.CRITICAL,
        (TopicClaim.kind,),
        why="Alarms would vanish silently.",
        compare=_topics,
    ),
)
