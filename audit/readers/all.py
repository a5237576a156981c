"""The whole table."""

from audit.readers import compute, iam, messaging, monitoring, s3, tagged

KINDS = (*s3.KINDS, *iam.KINDS, *messaging.KINDS, *monitoring.KINDS, *compute.KINDS, *tagged.KINDS)
