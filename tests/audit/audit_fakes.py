"""A made-up account and table, small enough to see through."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from audit.api import AbsentError, Account, UnreadableError
from audit.judge import Context
from audit.observe import Observation, Place, observe
from audit.table import Attribute, Call, Kind, rows
from estate.model import Estate, Resource, estate

THING = "aws:made/thing:Thing"
GET = Call("made", "get_thing", "made:GetThing", "*")
TAGS = Call("made", "get_tags", "made:GetTags", "*")


def _named(physical: str, _: Account) -> dict[str, Any]:
    return {"Name": physical}


def take(key: str) -> Callable[[Any], Any]:
    return lambda answer: answer.get(key)


KIND = Kind(
    THING,
    ("name",),
    (
        *rows(GET, _named, {"size": take("size"), "on": take("on"), "rules": take("rules")}, defaults={"on": True}),
        Attribute("tags", TAGS, _named, lambda answer: answer, absent=None),
    ),
    "made delete {physical}",
    exempt={"rules.secret": "nobody can read it"},
)


class FakeAccount:
    """Answers from a mapping `(operation, name) → answer`; a string is a refusal, an absent key an absent thing."""

    id = "123456789012"
    region = "us-east-1"

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        self.answers = answers

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        answer = self.answers.get((operation, parameters["Name"]))
        if answer is None:
            raise AbsentError(operation)
        if isinstance(answer, str):
            raise UnreadableError(f"{service}:{operation} answered {answer}")
        return answer

    def concurrently(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(work, items)


def thing(**properties: Any) -> Resource:
    return Resource(THING, "one", {"name": "author-one", **properties}, source="components/thing.py:7")


def made_estate(*resources: Resource) -> Estate:
    return estate("prod", "prod", "123456789012", "us-east-1", resources)


def look(answers: dict[tuple[str, str], Any], resource: Resource | None) -> Observation:
    """Observes the one thing."""
    account = cast("Account", FakeAccount(answers))
    return observe(account, [Place(KIND, "author-one", resource)], lambda: None)[0]


def context(*resources: Resource) -> Context:
    return Context(made_estate(*resources), {}, {})
