"""Right lifecycle configurations, in the program's properties; tests change one thing in them."""

from typing import Any


def recordings(window: int = 45) -> dict[str, Any]:
    """A versioned bucket's: two rules with one filter, and a third for what is left over."""
    return {
        "rules": [
            {
                "id": "recordings-infrequent",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": 7, "storageClass": "STANDARD_IA"}],
            },
            {
                "id": "recordings-archive",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": 30, "storageClass": "DEEP_ARCHIVE"}],
                "expiration": {"days": window},
                "noncurrentVersionExpiration": {"noncurrentDays": 1},
            },
            {
                "id": "recordings-leftovers",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"expiredObjectDeleteMarker": True},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
        ]
    }


def temporary() -> dict[str, Any]:
    """An unversioned bucket's."""
    return {
        "rules": [
            {
                "id": "temporary-backstop",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": 2},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
            }
        ]
    }


def noncurrent() -> dict[str, Any]:
    """A versioned bucket's that moves and deletes noncurrent versions."""
    return {
        "rules": [
            {
                "id": "old-versions",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrentVersionTransitions": [
                    {"noncurrentDays": 10, "storageClass": "STANDARD_IA", "newerNoncurrentVersions": 2},
                    {"noncurrentDays": 40, "storageClass": "GLACIER"},
                ],
                "noncurrentVersionExpiration": {"noncurrentDays": 90, "newerNoncurrentVersions": 3},
            }
        ]
    }
