import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.lifecycle.costs import load_prices
from semantics.lifecycle.life import Life, life_of
from semantics.lifecycle.life_svg import CHARACTER, STYLE, WIDTH, life_svg
from semantics.lifecycle.reader import from_properties
from tests.semantics.lifecycle.samples import recordings, temporary

SVG = "{http://www.w3.org/2000/svg}"


def life(properties: dict[str, Any], *, versioned: bool = True) -> Life:
    return life_of("harbour-takes", from_properties(properties), load_prices(), versioned=versioned)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - the picture is our own


def drawn(of: Life) -> ET.Element:
    return parsed(life_svg(of))


def texts(picture: ET.Element) -> list[ET.Element]:
    return list(picture.iter(f"{SVG}text"))


def span(text: ET.Element) -> tuple[float, float]:
    """Where a text begins and ends, by the picture's own estimate of a character."""
    x, wide = (
        float(text.get("x", "")),
        len(text.text or "") * CHARACTER * (1.5 if "title" in text.get("class", "") else 1),
    )
    start = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor", "")]
    return start, start + wide


def test_it_shows_classes_days_last_bytes_and_costs():
    words = [t.text for t in texts(drawn(life(recordings())))]
    for expected in ("Standard-IA", "23 days", "day 30", "Glacier Deep Archive: day 30, latest 37", "day 47", "$24.38"):
        assert expected in words
    assert words[words.index("day 47") + 1] == "last bytes"


def test_it_has_a_title_and_a_description_for_those_who_do_not_see_it():
    picture = drawn(life(recordings()))
    assert picture.get("role") == "img"
    by_id = {e.get("id"): e.text for e in picture.iter() if e.get("id")}
    title, description = (by_id[i] or "" for i in picture.get("aria-labelledby", "").split())
    assert title == "The life of an object in harbour-takes"
    assert "from day 30 in Glacier Deep Archive" in description
    assert "through day 47" in description


def test_it_stands_alone_and_follows_dark_mode_unless_the_page_brings_the_style():
    assert "prefers-color-scheme: dark" in life_svg(life(recordings()))
    bare = life_svg(life(recordings()), style=False)
    assert "<style" not in bare
    assert "style=" not in bare
    for text in (bare, life_svg(life(recordings()))):
        assert not re.search(r"href|url\(|@import|<script|<image", text)


def test_every_class_it_uses_is_styled():
    picture = drawn(life(recordings()))
    used = {name for e in picture.iter() for name in (e.get("class") or "").split()}
    assert [name for name in used if not re.search(rf"\.{name}[ ,]", STYLE)] == []
    assert {"life-STANDARD", "life-DEEP_ARCHIVE", "life-noncurrent", "life-late"} <= used


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "a\"b'c&d", "\x1b[31mred", "\u202egnp.exe", "a\nb\x00"]
)
def test_hostile_names_are_inert(hostile: str):
    text = life_svg(replace(life(recordings()), bucket=hostile, remarks=(hostile,)))
    assert "<script" not in text
    assert not any(c in text for c in "\x1b\x00\u202e")
    assert parsed(text).get("role") == "img"


@pytest.mark.slow
@given(st.integers(31, 4000), st.integers(1, 100))
def test_texts_stay_inside_the_picture_and_apart_on_every_row(window: int, noncurrent: int):
    properties = recordings(window)
    properties["rules"][1]["noncurrentVersionExpiration"]["noncurrentDays"] = noncurrent
    rows: dict[str, list[tuple[float, float]]] = {}
    for text in texts(drawn(life(properties))):
        start, end = span(text)
        assert start >= 0, text.text
        assert end <= WIDTH, text.text
        rows.setdefault(text.get("y", ""), []).append((start, end))
    for spans in rows.values():
        assert all(left[1] <= right[0] for left, right in pairwise(sorted(spans)))


@given(st.integers(1, 30))
def test_an_unversioned_bucket_ends_with_its_window(window: int):
    properties = temporary()
    properties["rules"][0]["expiration"]["days"] = window
    words = [t.text for t in texts(drawn(life(properties, versioned=False)))]
    assert words[words.index(f"day {window}") + 1] == "deleted"
    assert "last bytes" not in words
