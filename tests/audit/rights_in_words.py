"""What AWS's service models say about the rights that a read takes, in their documentation's own words.

The models are those that boto3 works by: botocore/data/*/service-2.json. A right that is missing shows in three ways:
the call is refused, a part of the answer is left out, or an error stands in that part's place. The first is loud; the
other two look like drift.
"""

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from botocore import xform_name
from botocore.loaders import create_loader

DECISIONS = Path(__file__).with_suffix(".yaml")
ANY = "any read"

_ON_RIGHTS = re.compile(
    r"\bpermissions?\b(?! boundar)|\bauthoriz(ed|es|ation)\b(?! (config|credential))"
    r"|access denied|forbidden|requester has",
    re.IGNORECASE,
)
_AN_ERROR = re.compile(r"(Error|[Ff]ailures)$")
_NAMED = re.compile(r"\b([A-Za-z0-9]+:[A-Z][A-Za-z]+)\b")
_ON_SCOPE = re.compile(r"scope", re.IGNORECASE)

_LOADER: Any = create_loader()


@cache
def model(service: str) -> dict[str, Any]:
    """The model of a service, by boto3's name."""
    return _LOADER.load_service_model(service, "service-2")


def decisions() -> dict[str, dict[str, str]]:
    """Read (`service:Operation`, or `any read`) → words of a sentence → what was decided on it."""
    return cast("dict[str, dict[str, str]]", yaml.safe_load(DECISIONS.read_text()))


def api_name(service: str, operation: str) -> str:
    """boto3's method → `service:Operation`."""
    return f"{service}:{next(name for name in model(service)['operations'] if xform_name(name) == operation)}"


def on_rights(read: str, rights: frozenset[str]) -> list[str]:
    """Sentences on rights beside those that a read carries, and members of its answer that say an error.

    Args:
        read: `service:Operation`.
        rights: IAM actions that the table grants for it. A sentence that names these alone is settled, unless it is
            about their scope.
    """
    service, _, name = read.partition(":")
    described = model(service)["operations"][name]
    found = dict.fromkeys(_sentences(described))
    for part in ("input", "output"):
        if part in described:
            found |= dict.fromkeys(_of_shape(model(service)["shapes"], described[part]["shape"], part, set()))
    return [sentence for sentence in found if not _settled(sentence, rights)]


def undecided(read: str, rights: frozenset[str], decided: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Those of the sentences that no decision has words of."""
    words = [*decided.get(read, ()), *decided[ANY]]
    return [sentence for sentence in on_rights(read, rights) if not any(w in sentence for w in words)]


def _settled(sentence: str, rights: frozenset[str]) -> bool:
    named = {action[0].lower() + action[1:] for action in _NAMED.findall(sentence)}
    return bool(named) and named <= rights and not _ON_SCOPE.search(sentence)


def _of_shape(shapes: Mapping[str, Any], name: str, path: str, seen: set[str]) -> Iterator[str]:
    if name in seen:
        return
    seen.add(name)
    shape = shapes[name]
    yield from _sentences(shape)
    for member, described in shape.get("members", {}).items():
        if path.startswith("output") and _AN_ERROR.search(member):
            yield f"{path}.{member} (an error in its place)"
        yield from _sentences(described)
        yield from _of_shape(shapes, described["shape"], f"{path}.{member}", seen)
    for inner in ("member", "value"):
        if inner in shape:
            yield from _of_shape(shapes, shape[inner]["shape"], path, seen)


def _sentences(described: Mapping[str, Any]) -> Iterator[str]:
    documentation = described.get("documentation", "")
    if not _ON_RIGHTS.search(documentation):
        return
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", documentation)).split())
    yield from (s for s in re.split(r"(?<=[.!?]) +(?=[A-Z(])", text) if _ON_RIGHTS.search(s))
