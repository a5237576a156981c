"""The post that a workflow keeps up to date: a bot's, that begins with the marker, and nobody else's."""

import io
import json
from typing import Any

import pytest

from scripts.own_post import main, own_posts

OWN: dict[str, Any] = {"id": 5, "user": {"type": "Bot"}, "body": "<!-- mark -->\nours", "pull_request": None}
CHANGES: dict[str, dict[str, Any]] = {
    "a person's": {"user": {"type": "User"}},
    "without the marker": {"body": "see <!-- mark -->"},
    "without a body": {"body": None},
    "a pull request": {"pull_request": {"url": "u"}},
}


def test_the_post_is_found_on_any_page() -> None:
    pages = json.dumps([{**OWN, "id": 1, "body": "other"}]) + "\n" + json.dumps([OWN, {**OWN, "id": 6}]) + "[]\n"
    assert [post["id"] for post in own_posts(pages, "<!-- mark -->")] == [5, 6]


@pytest.mark.parametrize("change", CHANGES)
def test_no_other_post_is_taken(change: str) -> None:
    assert list(own_posts(json.dumps([OWN | CHANGES[change]]), "<!-- mark -->")) == []


@pytest.mark.parametrize(("posts", "said"), [([OWN], "5"), ([], "")])
def test_the_command_prints_the_field_or_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], posts: list[Any], said: str
) -> None:
    monkeypatch.setattr("sys.argv", ["own_post.py", "<!-- mark -->", "id"])
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(posts)))
    assert main() == 0
    assert capsys.readouterr().out == said
