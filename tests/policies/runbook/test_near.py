"""What nearly is a claim is an error at its place; what is plain prose is not."""

import pytest

from policies.runbook.markdown import RunbookError
from policies.runbook.reader import parse_runbook

WINDOWS = "| Environment | Recordings are kept |\n|---|---|\n| prod | 45 days |\n"
SCHEDULES = "|---|---|---|\n| `author-retention` | prod | hourly |\n"
CHAIN = "`author-exports-*`: Standard → Expire after 14 days."
HEADER = "the header Environment | Recordings are kept"
ITEM = "a list item of its own, outside of code: `BUCKETS`: CLASS → "


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        (WINDOWS.replace("Recordings are kept", "Kept"), 1, HEADER),
        (WINDOWS.replace("Recordings are kept", "Recordings kept"), 1, HEADER),
        (WINDOWS.replace("Recordings are kept", "Recordings are keept"), 1, HEADER),
        (WINDOWS.replace("Recordings", "recordings"), 1, HEADER),
        (WINDOWS.replace("Environment", "**Environment**"), 1, HEADER),
        (WINDOWS.replace("Environment", "Stack"), 1, HEADER),
        (WINDOWS.replace("Environment", "○ Environment"), 1, HEADER),
        ("| Recordings are kept | Environment |\n|---|---|\n| 45 days | prod |\n", 1, HEADER),
        ("| Environment | Recordings are kept | Why |\n|---|---|---|\n| prod | 45 days | x |\n", 1, HEADER),
        ("| Environment |\n|---|\n| prod |\n", 1, "the header "),
        ("| Schedules | Environments | Runs |\n" + SCHEDULES, 1, "the header Schedule | Environment | Runs"),
        ("| Schedule | Runs |\n|---|---|\n| `a` | hourly |\n", 1, "the header Schedule | Environment | Runs"),
        ("| Environment | Recordings are kept |\n|---|---|\n", 1, "rows below this header"),
        (f"> {WINDOWS}".replace("\n|", "\n> |"), 1, "claims outside of quotes"),
        (WINDOWS.replace("|---|---|\n", ""), 1, "a table with the header Environment | Recordings are kept"),
        (WINDOWS.replace("|---|---|", "|---|"), 1, "a table with the header Environment | Recordings are kept"),
        (WINDOWS.replace("|---|---|\n", "---\n"), 1, "a table with the header Environment"),
        ("Environment | Recordings are kept\nprod | 45 days\n", 1, "a table with the header Environment"),
        (f"```\n{WINDOWS}```\n", 2, "outside of code"),
        (f"Text.\n\n    {WINDOWS}".replace("\n|", "\n    |"), 3, "outside of code"),
        (f"<!--\n{WINDOWS}-->\n", 2, "outside of code"),
        (f"- a\n\n  ```\n  {WINDOWS}".replace("\n|", "\n  |"), 4, "outside of code"),
        (f"{WINDOWS}\n| staging | 35 days |\n", 5, "a table's row within its table"),
        (CHAIN, 1, ITEM),
        (f"Some words.\n{CHAIN}\n", 2, ITEM),
        (f"# {CHAIN}\n", 1, ITEM),
        (f"-{CHAIN}\n", 1, ITEM),
        (f"> - {CHAIN}\n", 1, ITEM),
        (f"```\n- {CHAIN}\n```\n", 2, ITEM),
        (f"    - {CHAIN}\n", 1, ITEM),
        (f"<div>\n- {CHAIN}\n</div>\n", 2, ITEM),
        (f"<!-- {CHAIN} -->\n", 1, "a list item of its own"),
        (f"- {CHAIN}".replace("→", ""), 1, ITEM),
        (f"- {CHAIN}".replace("→", "⇒"), 1, ITEM),
        (f"- {CHAIN}".replace("→", "=>"), 1, ITEM),
        (f"- {CHAIN}".replace("`", ""), 1, "a bucket name in backticks"),
        ("- Standard → Standard-IA after 7 days", 1, ITEM),
        ("- Exports go to Standard → Glacier after 7 days", 1, ITEM),
        ("- `author-exports-*`: expire after 2 weeks", 1, ITEM),
        ("- `author-exports-*`: a → b path", 1, "a storage class"),
        (f"1. Look at it.\n\n   {CHAIN}\n", 3, ITEM),
    ],
)
def test_what_nearly_is_a_claim_is_refused_at_its_place(source: str, line: int, expected: str):
    with pytest.raises(RunbookError) as caught:
        parse_runbook(source, "r.md")
    assert caught.value.line == line
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "Recordings are kept 45 days.",
        "Open File → Save.",
        "- File → Save, then wait 5 minutes -> done",
        "- Retention: keep it after 14 days if the customer asks",
        "| Alarm | First step |\n|---|---|\n| `…-4xx` | open the dashboard |\n",
        "| When | Do |\n|---|---|\n| 5 minutes after a page | it is acknowledged |\n",
        "```sh\naws s3 ls | grep author | wc -l\nfoo() -> bar\n```\n",
        "<details>\n<summary>More</summary>\n</details>\n",
        "A | B\n\n> quoted: prose → more prose\n",
        "`x`: what is meant by x",
        "# `author-exports-*`: what lies there",
    ],
)
def test_prose_is_prose(source: str):
    assert parse_runbook(source).claims == ()


def test_a_lenient_reading_collects_what_nearly_is_a_claim():
    near = "| Dashboard | Shows |\n|---|---|\n| `A` | x |\n"
    source = f"{WINDOWS}\n{CHAIN}\n\n- {CHAIN.replace('exports', 'other')}\n\n{near}"
    read = parse_runbook(source, "r.md", lenient=True)
    assert [c.id for c in read.claims] == ["window prod", "lifecycle author-other-*"]
    assert [e.line for e in read.near] == [5, 9]
