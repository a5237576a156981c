"""Every type of the table, through the whole life of a resource."""

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from local.bridge.tokens import TOKENS
from tests.local.bridge.catalogue import ALARM, EXAMPLES
from tests.local.bridge.conftest import Engine, Made

pytestmark = pytest.mark.account

COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
SERVED = sorted(set(EXAMPLES) - {COMPOSITE})


def test_each_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(TOKENS)


def stand(engine: Engine, tokens: tuple[str, ...], known: dict[str, Any]) -> list[Made]:
    """Make what a resource needs, and what that needs; its properties are then known."""
    made: list[Made] = []
    for token in tokens:
        if token not in known:
            made += stand(engine, EXAMPLES[token].needs, known)
            made.append(engine.create(token, EXAMPLES[token].declare(known)))
            known[token] = made[-1].properties
    return made


def live(engine: Engine, token: str) -> None:
    example, known = EXAMPLES[token], {"name": f"test-{uuid.uuid4().hex[:10]}"}
    standing = stand(engine, example.needs, known)
    declared = example.declare(known)
    made = engine.create(token, declared)
    assert dict(engine.diff(made, declared).detailedDiff) == {}
    assert engine.drift(made) == []
    if example.change:
        changed = {**declared, **example.change}
        answer = engine.diff(made, changed)
        assert {path.split(".")[0].split("[")[0] for path in answer.detailedDiff} == set(example.change)
        assert not answer.replaces
        made = engine.update(made, changed)
        assert engine.drift(made) == []
    for resource in [made, *reversed(standing)]:
        engine.delete(resource)
        engine.delete(resource)
    assert engine.read(made) is None


@pytest.fixture(scope="module")
def lives(engine: Engine) -> Iterator[Mapping[str, Future[None]]]:
    """Live all lives at once, as the engine does: most of the time is the provider's waiting."""
    with ThreadPoolExecutor(16) as pool:
        yield {token: pool.submit(live, engine, token) for token in SERVED}


@pytest.mark.parametrize("token", SERVED)
def test_a_type_lives(lives: Mapping[str, Future[None]], token: str) -> None:
    lives[token].result()


def test_a_composite_alarm_is_planned_and_fails_by_name(engine: Engine, unique: str) -> None:
    """moto 5.2.5 has no PutCompositeAlarm; when this fails, the type can join the others."""
    declared = EXAMPLES[COMPOSITE].declare({"name": unique, ALARM: {"name": unique}})
    assert engine.preview(COMPOSITE, declared)["alarmName"] == f"{unique}-all"
    with pytest.raises(grpc.RpcError, match="creating CloudWatch Composite Alarm"):
        engine.create(COMPOSITE, declared)
