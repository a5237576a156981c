"""Which bucket policies S3 takes."""

import json
from typing import Any

from tests.local.account.behaviour.player import GUIDE, REFERENCE, Row, Step, do, put

PUT_POLICY = f"{REFERENCE}API_PutBucketPolicy.html"
PUBLIC = f"{GUIDE}access-control-block-public-access.html"
ALLOW = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "$objects"}
EVERYBODY = {**ALLOW, "Principal": "*"}


def policy(**statement: Any) -> Step:
    """Put a policy of one statement; an element of None is left out."""
    found = {name: value for name, value in statement.items() if value is not None}
    return do("put_bucket_policy", Policy=json.dumps({"Version": "2012-10-17", "Statement": [found]}))


def text(policy: str) -> Step:
    """Put a policy as it stands."""
    return do("put_bucket_policy", Policy=policy)


def block(**settings: bool) -> Step:
    """Block public access."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return do(
        "put_public_access_block", PublicAccessBlockConfiguration={name: settings.get(name, False) for name in names}
    )


SEAWEEDFS_AGREES = ("no JSON", "an empty object", "a list")
MALFORMED = tuple(
    Row(
        f"A bucket policy is malformed: {what}",
        PUT_POLICY,
        "plain",
        (change.refused(400, "MalformedPolicy"), do("get_bucket_policy").refused(404, "NoSuchBucketPolicy")),
        beyond_stub=True,
        seaweedfs="" if what in SEAWEEDFS_AGREES else "calls it InvalidPolicyDocument, or takes it",
    )
    for what, change in (
        ("no JSON", text("nope")),
        ("an empty object", text("{}")),
        ("a list", text("[]")),
        ("no statement", text('{"Version": "2012-10-17", "Statement": []}')),
        ("another version", text(json.dumps({"Version": "2020-01-01", "Statement": [ALLOW]}))),
        ("no principal", policy(**{**ALLOW, "Principal": None})),
        ("no effect", policy(**{**ALLOW, "Effect": None})),
        ("another effect", policy(**{**ALLOW, "Effect": "Perhaps"})),
        ("no action", policy(**{**ALLOW, "Action": None})),
        ("another service's action", policy(**{**ALLOW, "Action": "ec2:RunInstances"})),
        ("no resource", policy(**{**ALLOW, "Resource": None})),
        ("every resource", policy(**{**ALLOW, "Resource": "*"})),
        ("another bucket's objects", policy(**{**ALLOW, "Resource": "arn:aws:s3:::another-bucket/*"})),
        ("a principal that is none", policy(**{**ALLOW, "Principal": {"AWS": "everybody"}})),
        ("an unknown operator", policy(**{**ALLOW, "Condition": {"Looks": {"aws:SourceIp": "1.2.3.4"}}})),
    )
)
BLOCKED = (
    Row(
        "A public policy is kept out where the bucket blocks such",
        PUBLIC,
        "plain",
        (
            block(BlockPublicPolicy=True),
            policy(**EVERYBODY).refused(403, "AccessDenied"),
            policy(**{**EVERYBODY, "Principal": {"AWS": "*"}}).refused(403, "AccessDenied"),
            policy(**{**EVERYBODY, "Principal": {"AWS": ["123456789012", "*"]}}).refused(403, "AccessDenied"),
            policy(**{**EVERYBODY, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}).refused(
                403, "AccessDenied"
            ),
            policy(**{**EVERYBODY, "Condition": {"StringLike": {"aws:SourceVpc": "*"}}}).refused(403, "AccessDenied"),
            policy(**{**EVERYBODY, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}).refused(
                403, "AccessDenied"
            ),
            do("get_bucket_policy").refused(404, "NoSuchBucketPolicy"),
        ),
        beyond_stub=True,
        seaweedfs="does not know public access blocks",
    ),
    Row(
        "A policy that lets nobody in from outside is kept, whatever the bucket blocks",
        PUBLIC,
        "plain",
        (
            block(BlockPublicPolicy=True),
            policy(**ALLOW),
            policy(**{**EVERYBODY, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}}),
            policy(**{**EVERYBODY, "Effect": "Deny"}),
        ),
        gap=False,
        beyond_stub=True,
        seaweedfs="does not know public access blocks",
    ),
    Row(
        "A public access list is kept out where the bucket blocks such",
        PUBLIC,
        "plain",
        (
            block(BlockPublicAcls=True),
            put(ACL="public-read").refused(403, "AccessDenied"),
            do("put_bucket_acl", ACL="public-read").refused(403, "AccessDenied"),
            put(),
            do("put_object_acl", Key="a", ACL="public-read-write").refused(403, "AccessDenied"),
        ),
        beyond_stub=True,
        seaweedfs="does not know public access blocks",
    ),
)
ROWS = (*MALFORMED, *BLOCKED)
