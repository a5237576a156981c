"""CloudTrail's LookupEvents answers that it recorded nothing; plain moto fails."""

import json

from moto.cloudtrail.responses import CloudTrailResponse


def install() -> None:
    """Add the action: a reader of the trail gets an empty page, since no call is recorded here."""

    def lookup_events(_self: CloudTrailResponse) -> str:
        return json.dumps({"Events": []})

    setattr(CloudTrailResponse, lookup_events.__name__, lookup_events)
