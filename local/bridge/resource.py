"""One resource type: plan, apply, read and import, in Terraform's terms."""

import base64
import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from local.bridge import waits
from local.bridge.assets import Assets
from local.bridge.convert import ConversionError, to_configuration
from local.bridge.names import Binding, ResourceBinding
from local.bridge.plan import Path, at, changed, proposed_new, steps
from local.bridge.properties import Property
from local.bridge.schema import ResourceSchema, Type
from local.bridge.terraform import Terraform, TerraformError, decode, explain
from local.bridge.values import Value


@dataclass(frozen=True)
class State:
    """What Terraform would keep of a resource in its state file."""

    value: Value
    private: bytes
    version: int

    @property
    def id(self) -> str:
        """The provider's identifier."""
        return str(self.value["id"])

    def to_text(self) -> str:
        """Write the state as JSON."""
        private = base64.b64encode(self.private).decode()
        return json.dumps({"value": self.value, "private": private, "version": self.version})

    @staticmethod
    def from_text(text: str) -> "State":
        """Read what `to_text` wrote."""
        kept = json.loads(text)
        return State(kept["value"], base64.b64decode(kept["private"]), int(kept["version"]))


@dataclass(frozen=True)
class Plan:
    """What applying a configuration would do.

    Attributes:
        planned: the state to come, unknown where only applying tells; None if nothing shall be there.
        raw: the same as the provider wrote it, to be handed back untouched.
        private: the provider's notes for applying it.
        changed: attributes that differ from the state so far.
        replaced: those among them that can only change by replacing the resource.
    """

    planned: Value
    raw: bytes
    private: bytes
    changed: frozenset[str]
    replaced: frozenset[str]


class ApplyError(Exception):
    """Applying failed.

    Attributes:
        state: what stands now, as far as the provider told; None if nothing does.
    """

    def __init__(self, message: str, state: State | None) -> None:
        super().__init__(message)
        self.state = state


def present(state: State | None) -> State:
    """Return a state that has to be there."""
    if state is None:
        raise ApplyError("the provider reported success and no resource", None)
    return state


class Processes(Protocol):
    """Provider processes to choose from."""

    def use(self, terraform_type: str, *, applying: bool = False) -> AbstractContextManager[Terraform]:
        """Give a process for one call about a resource type."""
        ...


@dataclass(frozen=True)
class ResourceType:
    """A resource type of the provider.

    Attributes:
        name: its Terraform name.
        schema: its shape and version.
        sdk: its properties' names.
        processes: where to send requests.
        assets: where contents stand.
    """

    name: str
    schema: ResourceSchema
    sdk: ResourceBinding
    processes: Processes
    assets: Assets

    @property
    def type(self) -> Type:
        """The resource's Terraform type."""
        return self.schema.type

    @property
    def binding(self) -> Binding:
        """The resource's binding."""
        return self.sdk.binding

    def configuration(self, inputs: Mapping[str, Property], prior: State | None = None) -> Value:
        """Turn SDK inputs into a configuration.

        Raises:
            ConversionError: a property can't be expressed.
        """
        properties = {name: value for name, value in inputs.items() if name != "region"}  # there is one only
        configuration = to_configuration(self.binding, properties, self.assets.write)
        if self.name == "aws_lambda_function":
            configuration = self._with_code_hash(configuration, prior)
        return waits.shorten_configuration(self.name, configuration)

    def ignoring(self, names: Iterable[str], configuration: Value, prior: State) -> Value:
        """Let a configuration want what stands, in the properties whose changes the program ignores.

        The engine does so for inputs; what the account set by itself, it does not know of.
        """
        kept = [self.binding.names[name] for name in names if name in self.binding.names]
        return {**configuration, **{name: prior.value[name] for name in kept}}

    def _with_code_hash(self, configuration: Value, prior: State | None) -> Value:
        """Let the provider see a change of the code, which it tells by this hash and not by the file."""
        filename = configuration["filename"]
        if not isinstance(filename, str) or configuration["source_code_hash"] is not None:
            return configuration
        digest = self.assets.sha256(filename)
        if digest is not None:
            code_hash = base64.b64encode(digest).decode()
        else:  # an archive known by its hash only: the state's own
            same = prior is not None and prior.value["filename"] == filename
            code_hash = prior.value["source_code_hash"] if prior and same else None
        return {**configuration, "source_code_hash": code_hash}

    def validate(self, configuration: Value) -> list[ConversionError]:
        """Return what the provider has against a configuration, with SDK property paths."""
        with self.processes.use(self.name) as terraform:
            answer = terraform.ask("ValidateResourceTypeConfig", type_name=self.name, config=configuration)
        return [
            ConversionError(sdk_path(self.binding, steps(item.attribute)), explain(item))
            for item in answer.diagnostics
            if item.severity == 1
        ]

    def plan(self, prior: State | None, configuration: Value) -> Plan:
        """Ask what applying a configuration would do; a configuration of None plans the deletion.

        Raises:
            TerraformError: the provider refuses.
        """
        before = prior.value if prior else None
        with self.processes.use(self.name) as terraform:
            answer = terraform.call(
                "PlanResourceChange",
                type_name=self.name,
                prior_state=before,
                proposed_new_state=proposed_new(self.type, before, configuration),
                config=configuration,
                prior_private=prior.private if prior else b"",
            )
        planned = decode(answer.planned_state)
        return Plan(
            planned=planned,
            raw=answer.planned_state.msgpack,
            private=answer.planned_private,
            changed=changed(self.type, before, planned),
            replaced=self._replaced(before, planned, [steps(path) for path in answer.requires_replace]),
        )

    def _replaced(self, before: Value, planned: Value, paths: list[Path]) -> frozenset[str]:
        """Keep what really changes: the provider also names attributes that don't."""
        if before is None or planned is None:
            return frozenset()
        differing = [path for path in paths if at(self.type, before, path) != at(self.type, planned, path)]
        return frozenset(str(path[0]) for path in differing if path)

    def apply(self, prior: State | None, plan: Plan, configuration: Value) -> State | None:
        """Carry out a plan; the state afterwards, or None after a deletion.

        Raises:
            ApplyError: the provider failed, maybe half way.
        """
        with self.processes.use(self.name, applying=True) as terraform:
            answer = terraform.ask(
                "ApplyResourceChange",
                type_name=self.name,
                prior_state=prior.value if prior else None,
                planned_state=plan.raw,
                config=configuration,
                planned_private=waits.shorten_private(self.name, plan.private),
            )
        value = decode(answer.new_state)
        state = State(value, answer.private, self.schema.version) if value is not None else None
        errors = "; ".join(explain(item) for item in answer.diagnostics if item.severity == 1)
        if errors and waits.is_cut(errors) and configuration is not None:
            reached = state or State(waits.expected(self.name, plan.planned), answer.private, self.schema.version)
            return self._settled(reached, configuration, errors)
        if errors:
            raise ApplyError(errors, state)
        return state

    def _settled(self, state: State, configuration: Value, errors: str) -> State:
        """Return what stands after a wait was cut short, if it is what was wanted."""
        found = self.read(state)
        if found is None or self.plan(found, configuration).changed:
            raise ApplyError(errors, found)
        return found

    def read(self, state: State) -> State | None:
        """Return what the account holds of a resource now, None if it is gone.

        Raises:
            TerraformError: the provider can't tell.
        """
        with self.processes.use(self.name) as terraform:
            answer = terraform.call(
                "ReadResource", type_name=self.name, current_state=state.value, private=state.private
            )
        value = decode(answer.new_state)
        return None if value is None else State(value, answer.private, self.schema.version)

    def import_(self, id_: str) -> State | None:
        """Return a resource by its identifier, None if there is none.

        Raises:
            TerraformError: the identifier is malformed, or the provider can't tell.
        """
        with self.processes.use(self.name) as terraform:
            answer = terraform.call("ImportResourceState", type_name=self.name, id=id_)
        for found in answer.imported_resources:
            if found.type_name == self.name:
                state = self.read(State(decode(found.state), found.private, self.schema.version))
                # The account knows nothing of the timeouts in our configurations; without them, they were a change.
                return state and replace(state, value=waits.shorten_configuration(self.name, state.value))
        return None

    def upgraded(self, state: State) -> State:
        """Return a state in the current schema version."""
        if state.version == self.schema.version:
            return state
        raw = json.dumps(state.value).encode()
        with self.processes.use(self.name) as terraform:
            answer = terraform.call("UpgradeResourceState", type_name=self.name, version=state.version, raw_state=raw)
        return State(decode(answer.upgraded_state), state.private, self.schema.version)

    def delete(self, state: State) -> None:
        """Delete a resource; one that is already gone is no error.

        Raises:
            ApplyError: it is still there.
        """
        try:
            self.apply(state, self.plan(state, None), None)
        except (ApplyError, TerraformError):
            if self.read(state) is not None:
                raise


def sdk_path(binding: Binding, path: Path) -> str:
    """Return a Terraform path as the SDK would write it."""
    text, current = "", binding
    for step in path:
        if current.type.kind == "object":
            name = current.sdk_names.get(str(step), str(step))
            text, current = f"{text}.{name}" if text else name, current.fields.get(str(step), current)
        elif current.element is None:
            break
        else:
            text += "" if current.flat else f"[{json.dumps(step)}]"
            current = current.element
    return text
