"""Every alarm and every rule reaches a PagerDuty service: the topic exists, and those who publish are let in.

CloudWatch can't publish to a topic under AWS's own key, and nothing says so: the alarm goes off and nobody hears it.
https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
"""

from collections.abc import Iterator

from policies.claims import TopicClaim
from policies.estate import Estate, Resource
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, rule, show
from policies.runbook import Runbook
from policies.statements import Statement, UnreadablePolicyError, read_policy
from policies.views import Topic, named, topics

KEY_ALIAS = "alias/author-notifications"
PUBLISHERS = ("cloudwatch.amazonaws.com", "events.amazonaws.com")


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
        yield from _publishing(estate, topic, claim)
        yield from _encryption(estate, topic, claim)
    known = {c.topic for c in runbook.of(TopicClaim)}
    for name, topic in declared.items():
        if name not in known:
            yield Comparison(named(topic.resource), "name", "a row in the table of services", name, holds=False)


def _publishing(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    if topic.policy is None:
        yield absent(named(topic.resource), "policy", "a policy that lets alarms and rules publish", claim)
        return
    statements = _statements(estate, topic.policy)
    for publisher in PUBLISHERS:
        index = _allowing(statements, publisher, ("sns:publish",), topic.arn)
        yield _found(topic.policy, index, f"{publisher} may publish for this account", claim)


def _encryption(estate: Estate, topic: Topic, claim: TopicClaim) -> Iterator[Comparison]:
    key_id = topic.resource.properties.get("kmsMasterKeyId")
    own = key_id is not None and not str(key_id).startswith("alias/aws/")
    found = "a key of ours" if own else show(key_id)
    yield Comparison(named(topic.resource), "kmsMasterKeyId", "a key of ours", found, own, claim, "kmsMasterKeyId")
    key = _key(estate)
    if key is None:
        yield absent(f"kms/key {KEY_ALIAS}", "policy", "a key of that alias", claim)
        return
    statements = _statements(estate, key)
    for publisher in PUBLISHERS:
        index = _allowing(statements, publisher, ("kms:decrypt", "kms:generatedatakey*"), "*")
        yield _found(key, index, f"{publisher} may use the key for this account", claim)


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


def _allowing(statements: list[Statement], service: str, actions: tuple[str, ...], resource: str) -> int | None:
    """Finds the statement that allows a service the actions on a resource, bound to this account."""
    for index, s in enumerate(statements):
        bound = any("aws:sourceaccount" in c for c in s.conditions)
        granted = all(a in s.actions or a.partition(":")[0] + ":*" in s.actions for a in actions)
        if s.allow and f"service:{service}" in s.principals and granted and resource in s.resources and bound:
            return index
    return None


def _found(resource: Resource, index: int | None, expected: str, claim: TopicClaim) -> Comparison:
    path = "policy" if index is None else f"policy.Statement[{index}]"
    found = "not allowed, or not bound to this account" if index is None else expected
    return Comparison(named(resource), path, expected, found, index is not None, claim, path)


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
