"""The IAM action of an S3 request, from the service authorization reference.

Plain moto knows no action for encryption, public access block, retention, legal hold and others, and takes them for
ListBucket, GetObject, CreateBucket or DeleteBucket: a role seems to need, or to have, the wrong right.
"""

from typing import Any

from moto.s3.responses import S3Response

from local.account.patching import around

_CONFIGURATIONS = {
    "object-lock": "BucketObjectLockConfiguration",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
    "acl": "BucketAcl",
    "tagging": "BucketTagging",
    "logging": "BucketLogging",
    "cors": "BucketCORS",
    "notification": "BucketNotification",
    "accelerate": "AccelerateConfiguration",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "encryption": "EncryptionConfiguration",
    "replication": "ReplicationConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policyStatus": "BucketPolicyStatus",
    "policy": "BucketPolicy",
}
# Sub-resource to action; the empty one is what a request without a known sub-resource does.
BUCKET: dict[str, dict[str, str]] = {
    "HEAD": {"": "ListBucket"},
    "GET": {
        "uploads": "ListBucketMultipartUploads",
        "location": "GetBucketLocation",
        "versions": "ListBucketVersions",
        **{query: f"Get{noun}" for query, noun in _CONFIGURATIONS.items()},
        "": "ListBucket",
    },
    "PUT": {**{query: f"Put{noun}" for query, noun in _CONFIGURATIONS.items()}, "": "CreateBucket"},
    "DELETE": {
        **{query: f"Put{noun}" for query, noun in _CONFIGURATIONS.items()},
        "website": "DeleteBucketWebsite",
        "policy": "DeleteBucketPolicy",
        "": "DeleteBucket",
    },
}
KEY: dict[str, dict[str, str]] = {
    "HEAD": {"": "GetObject"},
    "GET": {
        "uploadId": "ListMultipartUploadParts",
        "acl": "GetObjectAcl",
        "tagging": "GetObjectTagging",
        "retention": "GetObjectRetention",
        "legal-hold": "GetObjectLegalHold",
        "attributes": "GetObjectAttributes",
        "": "GetObject",
    },
    "PUT": {
        "acl": "PutObjectAcl",
        "tagging": "PutObjectTagging",
        "retention": "PutObjectRetention",
        "legal-hold": "PutObjectLegalHold",
        "": "PutObject",
    },
    "DELETE": {"uploadId": "AbortMultipartUpload", "tagging": "DeleteObjectTagging", "": "DeleteObject"},
    "POST": {"restore": "RestoreObject", "select": "GetObject", "": "PutObject"},
}
# With a version named, these are other actions.
OF_A_VERSION = {
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectTagging": "GetObjectVersionTagging",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
}


def install() -> None:
    """Name the action by our table."""

    @around(S3Response, "_set_action")
    def _name(_original: Any, call: S3Response, kind: str, method: str, query: dict[str, Any]) -> None:
        call.data["Action"] = action_of(KEY if kind == "KEY" else BUCKET, method, query)


def action_of(table: dict[str, dict[str, str]], method: str, query: dict[str, Any]) -> str:
    """Return the action, without `s3:`, of a request on a bucket or a key."""
    actions = table[method]
    action = next((actions[name] for name in actions if name and name in query), actions[""])
    return OF_A_VERSION.get(action, action) if "versionId" in query else action
