"""What a policy of the estate says, to rules that look for one statement in it."""

from estate.model import Estate, Resource
from semantics.iam.statements import Statement, UnreadablePolicyError, read_policy


def statements_of(estate: Estate, resource: Resource) -> list[Statement]:
    """Reads a resource's policy; one that can't be read allows nothing here, and the permission equation reports it."""
    try:
        return read_policy(resource.properties.get("policy"), resource.name, estate.account)
    except UnreadablePolicyError:
        return []
