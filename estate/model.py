"""The one vocabulary in which the program, a preview and a live account describe an estate.

Readers fill an `Estate`; rules compare it with the runbook. Nothing here does input or output.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast


class Unknown:
    """A value that a preview cannot know yet. Compares equal only to itself and is never "fine"."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Resource:
    """One declared or observed resource.

    Attributes:
        type: Pulumi type token, as `aws:s3/bucket:Bucket`.
        name: logical name in the program; for an observed resource that nothing declares, its physical name.
        properties: inputs with Pulumi's camelCase keys, JSON documents (policies) parsed into objects.
        parent: logical name of the component it belongs to, or None.
        protect: whether the engine refuses to delete it.
        source: `file:line` of the program that declares it, or empty.
    """

    type: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parent: str | None = None
    protect: bool = False
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Type and name: what tells it from all others of its estate, and what they are sorted by."""
        return self.type, self.name

    def __str__(self) -> str:
        return f"{self.type.rsplit(':', 1)[-1]} {self.name}"


@dataclass(frozen=True)
class Estate:
    """All resources of one stack (or account), in a fixed order, so that two readings compare as text.

    Attributes:
        stack: its name, as `prod`.
        environment: what bucket names carry; equals the stack's name unless configured otherwise.
        account: AWS account id, 12 digits.
        region: AWS region.
        resources: sorted by type and name.
    """

    stack: str
    environment: str
    account: str
    region: str
    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yields the resources whose type token ends in one of the names, as `s3/bucket:Bucket`."""
        wanted = tuple(f"aws:{t}" for t in types)
        return (r for r in self.resources if r.type in wanted)

    def to_json(self) -> str:
        """Serialises for the audit function, which has neither CLI nor program. Unknown values are refused."""
        return json.dumps(
            {
                "stack": self.stack,
                "environment": self.environment,
                "account": self.account,
                "region": self.region,
                "resources": [
                    {
                        "type": r.type,
                        "name": r.name,
                        "properties": r.properties,
                        "parent": r.parent,
                        "protect": r.protect,
                        "source": r.source,
                    }
                    for r in self.resources
                ],
            },
            sort_keys=True,
            indent=1,
        )

    @staticmethod
    def from_json(text: str) -> "Estate":
        """Reads what `to_json` wrote.

        Raises:
            ValueError: the text is not such a document.
        """
        document = json.loads(text)
        return Estate(
            document["stack"],
            document["environment"],
            document["account"],
            document["region"],
            tuple(Resource(**r) for r in document["resources"]),
        )


def estate(stack: str, environment: str, account: str, region: str, resources: Sequence[Resource]) -> Estate:
    """Builds an estate from resources in any order, normalising each one's properties."""
    normal = (replace(r, properties=normalise(r.properties)) for r in resources)
    ordered = sorted(normal, key=lambda r: r.key)
    return Estate(stack, environment, account, region, tuple(ordered))


def normalise(value: Any) -> Any:
    """Makes equal things look equal: whole floats become integers, JSON documents objects, absent keys absent."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {k: normalise(v) for k, v in sorted(items) if v is not None and not k.startswith("__")}
    if isinstance(value, list | tuple):
        return [normalise(v) for v in cast("Sequence[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value[:1] in "{[" and value[-1:] in "}]":
        try:
            return normalise(json.loads(value))
        except ValueError:
            return value
    return value
