"""S3's names of what requests ask for."""

from tests.stubs.s3.messages import Call

_OF_THE_BUCKET = {
    "delete": "DeleteObjects",
    "tagging": "GetBucketTagging",
    "versioning": "GetBucketVersioning",
    "location": "GetBucketLocation",
    "versions": "ListObjectVersions",
    "uploads": "ListMultipartUploads",
}
_OF_A_KEY = {
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
_LOCKS = {"legal-hold": "ObjectLegalHold", "retention": "ObjectRetention"}


def operation_of(call: Call) -> str:
    """S3's name of what a call asks for."""
    if call.key:
        return _of_a_key(call)
    if call.method == "HEAD":
        return "HeadBucket"
    if call.method == "PUT":
        return "PutBucketVersioning" if "versioning" in call.query else "Unknown"
    listing = "ListObjectsV2" if call.query.get("list-type") == "2" else "ListObjects"
    return next((operation for name, operation in _OF_THE_BUCKET.items() if name in call.query), listing)


def _of_a_key(call: Call) -> str:
    for name, noun in _LOCKS.items():
        if name in call.query:
            return f"{call.method.capitalize()}{noun}"
    if "uploadId" in call.query:
        return "AbortMultipartUpload" if call.method == "DELETE" else "Unknown"
    return _OF_A_KEY.get(call.method, "Unknown")
