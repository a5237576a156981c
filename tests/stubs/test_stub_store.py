"""The stub's store against a model that sorts all of history for each page."""

from collections.abc import Iterator
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stubs.s3.store import NULL, Bucket, Stored

MOMENT = "2020-01-01T00:00:00.000Z"
WHAT = ("put", "delete", "suspend", "enable", "delete version")
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from("ab/"), st.integers(0, 3)), max_size=15)


def _all(history: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, version) for key in sorted(history) for version in reversed(history[key])]


def _listed(bucket: Bucket, size: int, after: tuple[str, str] = ("", "")) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    following: tuple[str, str] | None = after
    while following is not None:
        page = bucket.versions("", following, size)
        assert page is not None
        found += [(row.key, row.stored.version) for row in page.shown]
        following = page.following
    return found


def _play(bucket: Bucket, model: dict[str, list[str]], step: str, key: str, which: int) -> None:
    rows = model.setdefault(key, [])
    if step in {"suspend", "enable"}:
        bucket.suspended = step == "suspend"
    elif step == "delete version" and rows:
        version = rows.pop(which % len(rows))
        bucket.delete(key, None, version)
    elif step in {"put", "delete"}:
        made = bucket.put(key, b"x").version if step == "put" else bucket.delete(key, None, None).version
        model[key] = [version for version in rows if version != NULL or made != NULL] + [made]
    if not model[key]:
        del model[key]


@given(steps=STEPS, size=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_pages_of_versions_are_those_of_all_history(steps: list[tuple[str, str, int]], size: int) -> None:
    bucket, model = Bucket(versioned=True), dict[str, list[str]]()
    for step, key, which in steps:
        _play(bucket, model, step, key, which)
    assert _listed(bucket, size) == _all(model)
    assert {key for key, rows in model.items() if bucket.find(key, rows[-1]) is bucket.objects.get(key)} == set(
        bucket.objects
    )


def test_a_page_goes_on_behind_a_version_that_is_gone() -> None:
    bucket = Bucket(versioned=True)
    bucket.fill(["a"], 1, MOMENT, ["version"] * 5)
    first, second, *rest = _listed(bucket, 2)
    bucket.delete("a", None, second[1])
    assert _listed(bucket, 2, after=second) == rest
    assert bucket.versions("", ("a", "never"), 2) is None
    assert first not in rest


def test_a_page_of_one_keys_many_versions_looks_at_no_others() -> None:
    bucket = Bucket(versioned=True)
    bucket.fill(["a"], 1, MOMENT, ["version"] * 10_000)
    rows = bucket.history["a"]
    looked = Looked(rows)
    bucket.history["a"] = looked
    page = bucket.versions("", ("a", rows[5_000].version), 10)
    assert page is not None
    assert [row.stored.version for row in page.shown] == [row.version for row in reversed(rows[4_990:5_000])]
    assert 0 < looked.times < 100


class Looked(list[Stored]):
    """A list that counts how often an entry of it is looked at."""

    times = 0

    def __getitem__(self, index: Any) -> Any:
        self.times += 1
        return cast("Any", super().__getitem__(index))

    def __iter__(self) -> Iterator[Stored]:
        for place in range(len(self)):
            yield self[place]
