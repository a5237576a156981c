"""Reads what the engine shows a policy pack into resources.

Rules judge inputs, what the program declares. The engine shows those resource by resource; to a stack policy it shows
outputs, in which a preview does not know every ARN. So each resource is kept when it passes by.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi_policy import ResourceValidationArgs, proxy

from estate.model import UNKNOWN, Resource

UNKNOWN_MARKS = frozenset(
    {
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
    }
)


def resource(args: ResourceValidationArgs) -> Resource:
    """Makes a resource of what the engine shows about one."""
    parent = (args.opts.parent or "").rsplit("::", 1)[-1] or None
    properties = cast("Mapping[str, Any]", _plain(args.props))
    return Resource(args.resource_type, args.name, properties, parent, bool(args.opts.protect))


def _plain(value: Any) -> Any:
    """Turns the pack library's guards, which raise at the touch of an unknown value, into plain values.

    A guarded value hands out what it guards under the key `__target`.
    """
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_MARKS else value
    if isinstance(value, pulumi.FileArchive | pulumi.FileAsset):
        return Path(value.path).name
    if isinstance(value, Mapping | Sequence):
        raw = cast("Any", value)["__target"]
        if isinstance(raw, Mapping):
            return {k: _plain(v) for k, v in cast("Mapping[str, Any]", raw).items()}
        return [_plain(v) for v in cast("Sequence[Any]", raw)]
    return value
