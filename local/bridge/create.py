"""Making a resource, or taking over the one that an interrupted run left behind."""

from local.bridge import adopt
from local.bridge.bridge import Bridge
from local.bridge.resource import ApplyError, ResourceType, State
from local.bridge.terraform import TerraformError
from local.bridge.values import Value


def create(bridge: Bridge, resource: ResourceType, configuration: Value) -> State:
    """Make what a configuration describes, and return its state.

    Raises:
        ApplyError: it could not be made.
        TerraformError: the provider refuses the configuration.
    """
    identifier = identity(bridge, resource, configuration)
    found = _left_behind(bridge, resource, configuration)
    if found is None and identifier is not None and resource.name in adopt.LOOK_FIRST:
        found = _existing(resource, identifier)
    if found is not None:
        return bring_to(resource, found, configuration)
    try:
        state = resource.apply(None, resource.plan(None, configuration), configuration)
    except ApplyError as error:
        existing = identifier is not None and adopt.means_existing(str(error))
        adopted = _existing(resource, identifier) if identifier is not None and existing else None
        if adopted is None:
            raise
        return bring_to(resource, adopted, configuration)
    return present(state)


def identity(bridge: Bridge, resource: ResourceType, configuration: Value) -> str | None:
    """Return the identifier that a configuration's resource will have, None where AWS chooses it."""
    place = adopt.Place(bridge.settings.endpoint, bridge.region, bridge.account)
    return adopt.identity(resource.name, configuration, place)


def bring_to(resource: ResourceType, found: State, configuration: Value) -> State:
    """Bring what was found to what is wanted.

    Raises:
        ApplyError: only a replacement could.
    """
    plan = resource.plan(found, configuration)
    if plan.replaced:
        names = ", ".join(sorted(plan.replaced))
        raise ApplyError(f"{found.id} exists already, and its {names} can't be changed; delete it first", None)
    return present(resource.apply(found, plan, configuration)) if plan.changed else found


def present(state: State | None) -> State:
    """Return a state that has to be there."""
    if state is None:
        raise ApplyError("the provider reported success and no resource", None)
    return state


def _existing(resource: ResourceType, identifier: str) -> State | None:
    try:
        return resource.import_(identifier)
    except TerraformError:  # some types answer so for what is not there
        return None


def _left_behind(bridge: Bridge, resource: ResourceType, configuration: Value) -> State | None:
    """Find a resource without a name of its own that an interrupted run made."""
    for candidate in adopt.nameless(resource.name, configuration, bridge.settings, bridge.started):
        state = None if candidate in bridge.known else resource.import_(candidate)
        fits = state is not None and state.id not in bridge.known
        if state is not None and fits and not resource.plan(state, configuration).replaced:
            return state
    return None
