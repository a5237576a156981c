"""Why each `*` in a policy of ours stands there. `tests/components/test_contract.py` refuses any other."""

from collections.abc import Mapping

from estate.names import DATA_BUCKETS, PREFIX

WHOLE_BUCKET = "Every object in the one bucket that the statement names; S3 writes objects as a path below it."
ALL_STREAMS = "Every stream of the one log group that the statement names; streams are named when they are opened."
OUR_ACCOUNT = "In a key's policy `*` is the key itself, and the account's root stands for whatever IAM grants in it."
EVERYBODY_DENIED = "A Deny for everybody, whatever they ask: no exception is intended."

LISTED = "The audit looks for what nobody declared; AWS defines these reading actions for no single resource."
OURS_BY_NAME = "The audit reads whatever is named as ours, declared or not: only reading, only names that begin so."

LISTED_SERVICES = (
    *("Cloudwatch", "Ecs", "Events", "Iam", "Kms", "Lambda", "Logs", "S3", "Scheduler", "Sns", "Sqs", "Ssm"),
    "Tag",
)
READ_SERVICES = (
    *("Cloudwatch", "Ecs", "Events", "Iam", "Kms", "Lambda", "Logs", "Sns", "Sqs"),
    *("S31", "S32", "S33", "Scheduler1", "Scheduler2", "Ssm1", "Ssm2"),
)

REASONS: Mapping[str, str] = {
    "PlainHttp": EVERYBODY_DENIED,
    "OldTls": EVERYBODY_DENIED,
    "AccountByIam": OUR_ACCOUNT,
    "PublishCloudwatch": f"In a key's policy `*` is the key itself. In a topic's, `{PREFIX}-*` is any alarm of ours.",
    "PublishEvents": f"In a key's policy `*` is the key itself. In a topic's, `{PREFIX}-*` is any rule of ours.",
    **{f"DeliverFrom{of.sid}": WHOLE_BUCKET for of in DATA_BUCKETS},
    "SeeHolds": WHOLE_BUCKET,
    "Delete": WHOLE_BUCKET,
    "EmptyTemporaryUploads": WHOLE_BUCKET,
    "WriteEvidence": "Every report below the one prefix that the statement names.",
    "EncryptEvidence": "A key's id is random and unknown in a first preview; the condition names the one key by alias.",
    "WriteReports": "Every report below the one prefix that the statement names.",
    "UseEvidenceKey": "A key's id is random and unknown in a first preview; the condition names the one key by alias.",
    "UseTopicsKey": "A key's id is random and unknown in a first preview; the condition names the one key by alias.",
    **{f"List{service}": LISTED for service in LISTED_SERVICES},
    **{f"Read{service}": OURS_BY_NAME for service in READ_SERVICES},
    "LogInToRegistry": "ecr:GetAuthorizationToken takes no resource: AWS defines it for the whole registry.",
    "WriteLogs": ALL_STREAMS,
    "Open": ALL_STREAMS,
    "Write": ALL_STREAMS,
    "StartJob": "Every revision of the one task definition; the condition names the one cluster.",
    "Assume": "ECS acts for tasks, whose ids are random: the condition is bound to the account and the region.",
}
"""Sid → reason."""
