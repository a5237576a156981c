"""What an operation that was killed left in the state: creations begun and not known to be done.

The engine records each creation before it begins. So what may stand in the account without being in the state is
exactly what is pending. Each such resource is entered into the state under the identity the account would know it by,
without outputs; a refresh then reads it: what exists is complete afterwards, what does not is dropped again.
"""

from typing import Any

from local.driver.searches import SEARCHES, Clients
from local.driver.stack import Deployment
from local.errors import LocalError
from local.identities import DECLARED, Inputs, Place

Json = dict[str, Any]


def adopted(deployment: Deployment, clients: Clients) -> Deployment:
    """Return the deployment with nothing pending and every pending creation entered, if the account may have it.

    Raises:
        LocalError: a resource's type has no known identity, so whether it was created can't be told.
    """
    recorded = {resource["urn"] for resource in deployment.resources}
    entered: list[Json] = []
    for operation in deployment.pending:
        resource: Json = operation["resource"]
        kind = str(resource["type"])
        # A replacement keeps the URN of what it replaces; that is still recorded, and the next run replaces it.
        if operation["type"] != "creating" or not kind.startswith("aws:") or resource["urn"] in recorded:
            continue
        try:
            found = identity(kind, resource.get("inputs") or {}, clients)
        except KeyError as error:
            raise LocalError(
                f"{resource['urn']} was being created when the last run was killed, and local/identities.py "
                f"does not say how to find a {kind}. Add it there, or start over with `make down`."
            ) from error
        if found:
            entered.append({**resource, "id": found, "outputs": {}})
    return Deployment(deployment.resources + entered, [])


def identity(kind: str, inputs: Inputs, clients: Clients) -> str | None:
    """Return the identity of a resource, or None if the account is seen not to have it.

    An identity does not say that the resource exists: only reading it does.

    Raises:
        KeyError: how to identify the type is not known.
    """
    if search := SEARCHES.get(kind):
        return search(inputs, clients)
    return DECLARED[kind](inputs, Place(clients.region, clients.account_id))
