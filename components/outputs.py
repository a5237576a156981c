"""What other systems and people need of a stack: `pulumi stack output`."""

import pulumi

from components.names import Names


def export(names: Names) -> None:
    """Exports the stack's outputs. All are strings, and none is secret."""
    outputs = {
        "account": names.account,
        "region": names.region,
        "recordingsBucket": names.recordings,
        "exportsBucket": names.exports,
        "temporaryUploadsBucket": names.temporary_uploads,
        "accessLogsBucket": names.access_logs,
        "inventoryBucket": names.inventory,
        "evidenceBucket": names.evidence,
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
