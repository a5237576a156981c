import pytest
from pydantic import SecretStr

from components.base import Section
from components.dead_letters import DeadLetters, DeadLettersArgs
from components.incident_tools import IncidentTools, IncidentToolsArgs
from components.key import EncryptionKey, EncryptionKeyArgs
from components.notifications import Notifications, NotificationsArgs
from declared.recorder import SECRET
from estate.model import Estate
from tests.components.single import ENDPOINT, NAMES, SITE, alone, configured, one, statement


def notified(**endpoints: str) -> Estate:
    """Topics, with endpoints of services."""
    given = {service.replace("_", "-"): SecretStr(endpoint) for service, endpoint in endpoints.items()}
    return alone(lambda: Notifications("pages", SITE, NotificationsArgs(given)))


@pytest.mark.parametrize("service", ["author-api", "author-detector", "author-retention"])
def test_alarms_and_rules_of_ours_may_publish_and_nothing_without_tls(service: str) -> None:
    policy = one(notified(), "sns/topicPolicy:TopicPolicy", f"{service}-policy")
    topic = f"arn:aws:sns:us-east-1:111111111111:{service}"
    for sid, publisher, source in (
        ("PublishCloudwatch", "cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:111111111111:alarm:author-*"),
        ("PublishEvents", "events.amazonaws.com", "arn:aws:events:us-east-1:111111111111:rule/author-*"),
    ):
        publish = statement(policy, sid)
        assert (publish["Principal"], publish["Action"], publish["Resource"]) == (
            {"Service": publisher},
            ["sns:Publish"],
            [topic],
        )
        assert publish["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111111111111"},
            "ArnLike": {"aws:SourceArn": source},
        }
    assert statement(policy, "PlainHttp")["Effect"] == "Deny"


def test_the_topics_key_lets_both_publishers_encrypt_for_this_account_only() -> None:
    key = one(notified(), "kms/key:Key")
    for sid, publisher in (
        ("PublishCloudwatch", "cloudwatch.amazonaws.com"),
        ("PublishEvents", "events.amazonaws.com"),
    ):
        use = statement(key, sid)
        assert (use["Principal"], use["Action"]) == ({"Service": publisher}, ["kms:Decrypt", "kms:GenerateDataKey*"])
        assert use["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_pagerduty_is_subscribed_only_where_an_endpoint_is_configured_and_stays_secret() -> None:
    subscriptions = "sns/topicSubscription:TopicSubscription"
    assert list(notified().of_type(subscriptions)) == []
    estate = notified(author_retention=ENDPOINT)
    subscription = one(estate, subscriptions).properties
    assert (subscription["topic"], subscription["protocol"]) == (NAMES.topic_arn("author-retention"), "https")
    assert subscription["endpoint"] == SECRET
    assert "canary" not in estate.to_json()


def test_each_configured_endpoint_reaches_its_own_service() -> None:
    services = ("author-api", "author-detector", "author-retention")
    subscribed = configured("prod").estate.of_type("sns/topicSubscription:TopicSubscription")
    assert {r.name: r.properties["topic"] for r in subscribed} == {
        f"{service}-pagerduty": NAMES.topic_arn(service) for service in services
    }


def test_dead_letters_stay_two_weeks_and_need_tls() -> None:
    estate = alone(lambda: DeadLetters("lost", SITE, DeadLettersArgs("author-lost", Section.RETENTION)))
    queue = one(estate, "sqs/queue:Queue")
    assert queue.properties["messageRetentionSeconds"] == 1_209_600
    assert queue.properties["sqsManagedSseEnabled"] is True
    denied = statement(queue, "PlainHttp")
    assert (denied["Effect"], denied["Resource"]) == ("Deny", [NAMES.queue_arn("author-lost")])


def test_a_key_rotates_waits_a_month_and_is_administered_by_the_account_alone() -> None:
    estate = alone(lambda: EncryptionKey("k", SITE, EncryptionKeyArgs("alias/k", "Encrypts.", Section.LIFECYCLE)))
    key = one(estate, "kms/key:Key")
    assert (key.properties["enableKeyRotation"], key.properties["deletionWindowInDays"]) == (True, 30)
    (administration,) = key.properties["policy"]["Statement"]
    assert administration["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}


def test_incident_tools_call_what_the_runbook_says() -> None:
    estate = alone(lambda: IncidentTools("tools", SITE, IncidentToolsArgs("author-prod", "2026.11.1", 6)))
    documents = {r.properties["name"]: r.properties["content"] for r in estate.of_type("ssm/document:Document")}
    (failover,) = documents["author-database-failover"]["mainSteps"]
    assert failover["inputs"] == {
        "Service": "rds",
        "Api": "FailoverDBCluster",
        "DBClusterIdentifier": "author-prod",
    }
    (rollback,) = documents["author-detector-rollback"]["mainSteps"]
    assert rollback["inputs"]["Name"] == "/author/detector/DETECTOR_MODEL_VERSION"
    values = {r.properties["name"]: r.properties["value"] for r in estate.of_type("ssm/parameter:Parameter")}
    assert values == {
        "/author/storage/DELETERS": "run",
        "/author/detector/DETECTOR_MODEL_VERSION": "2026.11.1",
        "/author/ingestion/BACKPRESSURE": "off",
        "/author/workers/REPLICAS_WHEN_SATURATED": "6",
    }
