"""How the properties of the Pulumi SDK and the attributes of Terraform are called, matched one to one for each type.

The SDK's names follow the Terraform ones in camelCase, a list's in the plural, and the SDK shows a list that can hold
one element as that element. Which of these holds is read off the SDK's own classes; what matches nothing there is not
guessed.
"""

import importlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args, get_origin

from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage] - the only reader of the SDK's annotations

from local.bridge.schema import Type
from local.bridge.tokens import Token


@dataclass(frozen=True)
class Binding:
    """A Terraform type, matched with what the SDK calls its parts.

    Attributes:
        type: the Terraform type.
        flat: the SDK shows this list or set as its only element.
        names: SDK property → Terraform attribute, of an object.
        fields: binding of each attribute in `names`, by Terraform name.
        element: binding of a list's, set's or map's elements.
    """

    type: Type
    flat: bool = False
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, "Binding"] = field(default_factory=dict[str, "Binding"])
    element: "Binding | None" = None

    @property
    def item(self) -> "Binding":
        """The element binding of something that has one."""
        if self.element is None:
            raise TypeError(f"a {self.type.kind} has no element binding")
        return self.element

    @cached_property
    def sdk_names(self) -> Mapping[str, str]:
        """Terraform attribute → SDK property."""
        return {terraform: sdk for sdk, terraform in self.names.items()}


@dataclass(frozen=True)
class ResourceBinding:
    """A resource type, matched.

    Attributes:
        binding: of the whole resource.
        inputs: SDK properties that a program may set.
        required: SDK properties that a program has to set.
        absent: SDK property paths that the provider has no attribute for (`rules[].prefix`); setting one is an error.
    """

    binding: Binding
    inputs: frozenset[str]
    required: frozenset[str]
    absent: frozenset[str]


def bind(token: Token, type_: Type) -> ResourceBinding:
    """Match one resource type of the SDK with its Terraform type."""
    module = importlib.import_module(f"pulumi_aws.{token.sdk_module}")
    state, arguments = _classes(module)
    absent: list[str] = []
    binding = _object(type_, state, token.renamed, "", absent)
    inputs = sdk_types.input_type_types(arguments)
    required = {name for name in inputs if name in binding.names and type_.fields[binding.names[name]].required}
    return ResourceBinding(binding, frozenset(inputs), frozenset(required), frozenset(absent))


def bind_provider(type_: Type) -> ResourceBinding:
    """Match the provider's own configuration."""
    arguments = importlib.import_module("pulumi_aws.provider").ProviderArgs
    absent: list[str] = []
    binding = _object(type_, arguments, {}, "", absent)
    return ResourceBinding(binding, frozenset(binding.names), frozenset(), frozenset(absent))


def camel(name: str) -> str:
    """Return a snake_case name in camelCase."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def plural(name: str) -> str:
    """Return the plural of a name, as far as the SDK's names need it."""
    if name.endswith("y") and name[-2:-1] not in ("a", "e", "o", "u"):
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def _classes(module: Any) -> tuple[type, type]:
    """Return the classes of a resource's whole state and of its arguments; each SDK module declares one resource."""
    # Not always `<resource>Args`: BucketVersioning's are BucketVersioningInitArgs, as another class has that name.
    arguments, resource = module.__all__
    return getattr(module, f"_{resource}State"), getattr(module, arguments)


def _bind(type_: Type, sdk: Any, path: str, absent: list[str]) -> Binding:
    sdk = sdk_types.unwrap_type(sdk) if sdk is not None else None
    if type_.kind == "object":
        return _object(type_, sdk, {}, path, absent)
    if type_.kind == "map":
        arguments = get_args(sdk)
        inner = _bind(type_.item, arguments[1] if len(arguments) == 2 else None, path, absent)
        return Binding(type_, element=inner)
    if type_.kind in ("list", "set"):
        repeated = sdk is None or _is_sequence(sdk)
        inner = (get_args(sdk) or (None,))[0] if repeated else sdk
        return Binding(type_, flat=not repeated, element=_bind(type_.item, inner, path + "[]" * repeated, absent))
    return Binding(type_)


def _object(type_: Type, sdk: Any, renamed: Mapping[str, str], path: str, absent: list[str]) -> Binding:
    declared: Mapping[str, Any] = sdk_types.input_type_types(sdk) if _is_input(sdk) else {}
    names: dict[str, str] = {}
    fields: dict[str, Binding] = {}
    for terraform, member in type_.fields.items():
        name = _sdk_name(terraform, declared, renamed, known=bool(declared))
        if name is not None:
            names[name] = terraform
            below = f"{path}.{name}" if path else name
            fields[terraform] = _bind(member.type, declared.get(name), below, absent)
    absent.extend(f"{path}.{name}" if path else name for name in declared if name not in names)
    return Binding(type_, names=names, fields=fields)


def _sdk_name(terraform: str, declared: Mapping[str, Any], renamed: Mapping[str, str], *, known: bool) -> str | None:
    if terraform in renamed:
        return renamed[terraform]
    name = camel(terraform)
    if not known or name in declared:
        return name
    return plural(name) if plural(name) in declared else None


def _is_sequence(sdk: Any) -> bool:
    origin = get_origin(sdk)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _is_input(sdk: Any) -> bool:
    return isinstance(sdk, type) and sdk_types.is_input_type(sdk)
