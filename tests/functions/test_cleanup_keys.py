from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.temporary_uploads_cleanup.handler import CleanupError
from tests.stubs.s3.behaviour import Behaviour, Fault
from tests.stubs.s3.control import Stub

pytestmark = pytest.mark.process

Run = Callable[..., dict[str, Any]]

ODD = [
    "line\nbreak",
    "carriage\rreturn\r\nboth",
    "100%25",
    "50%",
    "a+b c",
    "é" * 512,
    "😀/🎬",
    "//",
    "/leading",
    "a//b",
    "..",
    ".",
    "../../etc",
    "a/../b",
    "a/./b",
    "bell\x07",
    "start\x01/of\x02header",
    "del\x7f",
    "\ufffe",
    "<Key>&amp;]]></Key>",
    "quote\"'",
    "?query=1&uploadId=2#fragment",
    "back\\slash",
    "space at end ",
    "\u2028",
    "\ud7ff\ue000",
]

legal_keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda key: "\x00" not in key
)


@pytest.mark.parametrize("key", ODD)
def test_each_odd_key_alone_and_in_company(stub: Stub, clean: Run, log: Any, key: str) -> None:
    stub.fill([key, "plain", "z"])
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", 3)
    assert stub.state()["objects"] == 0
    assert sorted(log.keys("deleted")) == sorted([key, "plain", "z"])


@given(keys=st.sets(legal_keys, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_keys_of_any_legal_kind(stub: Stub, clean: Run, keys: set[str]) -> None:
    stub.reset()
    stub.fill(sorted(keys))
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", len(keys))
    assert stub.state()["objects"] == 0


def test_odd_keys_go_one_by_one_and_the_rest_together(stub: Stub, clean: Run) -> None:
    stub.fill(["bell\x07", *(f"k{n}" for n in range(500))])
    clean()
    counts = stub.state()["counts"]
    assert (counts["DeleteObjects"], counts["DeleteObject"]) == (1, 1)


def test_a_batch_that_s3_cannot_read_is_halved_down_to_its_odd_key(stub: Stub, clean: Run) -> None:
    keys = [f"k{n:03}" for n in range(64)]
    stub.fill(keys)
    stub.behave(Behaviour(unreadable=["k037"]))
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", 64)
    counts = stub.state()["counts"]
    assert counts["DeleteObject"] == 2, "the odd key, and the one that was left beside it"
    assert counts["DeleteObjects"] == 11


def test_an_odd_key_that_may_not_be_deleted_is_named(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill(["bell\x07", "plain", "z"])
    stub.behave(Behaviour(faults=[Fault("DeleteObject", "error", times=99, code="AccessDenied", status=403)]))
    with pytest.raises(CleanupError, match=r'"denied": 1'):
        clean()
    assert log.keys("not deleted") == ["bell\x07"]
    assert list(stub.state()["keys"]) == ["bell\x07"]


def test_a_batch_that_is_too_large_for_s3_is_halved(stub: Stub, clean: Run) -> None:
    stub.fill([f"k{n:03}" for n in range(100)])
    stub.behave(Behaviour(faults=[Fault("DeleteObjects", "error", times=1, code="EntityTooLarge", status=400)]))
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", 100)
    assert stub.state()["counts"]["DeleteObjects"] == 3
