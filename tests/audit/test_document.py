"""Anybody's Markdown against anybody's buckets, and against what a stack declares."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from audit.__main__ import main
from audit.api import AbsentError, Account, UnreadableError
from audit.document import against_account, against_stack
from audit.model import Exit
from policies.runbook.reader import Runbook, parse_runbook
from tests.policies.declared import declared, runbook

CHAIN = "- `logs-*`: Standard → Standard-IA after 30 days → Expire after 60 days.\n"
GUARD = "| In every bucket | Must be |\n|---|---|\n| Public access | blocked in all four ways |\n"
LEFTOVERS = "| Left behind in | Noncurrent versions stay | Unfinished uploads stay |\n|---|---|---|\n"
RULE: dict[str, Any] = {
    "ID": "age",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
    "Expiration": {"Days": 60},
}


class Buckets:
    """An account with buckets: operation → bucket → answer; a string is a refusal."""

    id = "123456789012"
    region = "us-east-1"

    def __init__(self, *names: str, **answers: dict[str, Any]) -> None:
        self.names, self.answers = names, answers

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        if operation == "list_buckets":
            return {"Buckets": [{"Name": name} for name in self.names]}
        if operation == "head_bucket":
            return {}
        answer = self.answers.get(operation, {}).get(parameters["Bucket"])
        if answer is None:
            raise AbsentError(operation)
        if isinstance(answer, str):
            raise UnreadableError(f"{service}:{operation} answered {answer}")
        return answer

    def concurrently(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(work, items)


def logs(**answers: dict[str, Any]) -> Account:
    answers = {"get_bucket_lifecycle_configuration": {"logs-1": {"Rules": [RULE]}}} | answers
    return cast("Account", Buckets("logs-1", "photos", **answers))


def notes(*parts: str, lenient: bool = True) -> Runbook:
    return parse_runbook("\n".join(parts), "notes.md", lenient=lenient)


def test_what_agrees_is_in_sync_and_all_else_is_counted() -> None:
    answer = against_account(notes("# Notes\n\nSome words.\n", CHAIN, "```sh\nls\n```\n"), logs())
    assert answer.exit is Exit.CLEAN
    assert list(answer.lines()) == [
        "notes.md: 1 claims held against account 123456789012 (1 buckets): 0 differences; 1 parts are prose, 1 commands"
    ]


def test_a_difference_names_line_bucket_and_both_values() -> None:
    answer = against_account(notes(CHAIN.replace("60", "90")), logs())
    assert answer.exit is Exit.DRIFT
    assert next(answer.lines()) == (
        "notes.md:1: lifecycle logs-*: s3/bucketLifecycleConfiguration logs-1 rules[age].expiration.days is 60, "
        "expected 90"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (CHAIN.replace("logs", "tapes"), "s3/bucket tapes-* bucket is (absent)"),
        (GUARD + CHAIN, "guard Public access: s3/bucket logs-1 public_access is (absent)"),
        (LEFTOVERS + "| `logs-*` | not kept | 7 days |\n", "leftover logs-*"),
    ],
)
def test_what_is_not_there_is_a_difference(source: str, said: str) -> None:
    answer = against_account(notes(source), logs())
    assert answer.exit & Exit.DRIFT
    assert said in "\n".join(answer.lines())


def test_what_the_account_does_not_tell_is_no_agreement() -> None:
    denied = logs(get_bucket_lifecycle_configuration={"logs-1": "AccessDenied"})
    answer = against_account(notes(CHAIN), denied)
    assert answer.exit & Exit.NO_ANSWER
    assert "not told: logs-1 rules: s3:get_bucket_lifecycle_configuration answered AccessDenied" in answer.lines()


def test_what_nearly_is_a_claim_and_what_an_account_cannot_say_is_told() -> None:
    schedule = "| Schedule | Environment | Runs |\n|---|---|---|\n| `nightly` | prod | nightly |\n"
    answer = against_account(notes(CHAIN, schedule, "`logs-*`: Standard → Expire after 9 days"), logs())
    assert answer.exit is Exit.NO_ANSWER
    said = list(answer.lines())
    assert said[0].startswith("nearly a claim: notes.md:7:1: can't read '`logs-*`: Standard → Expire after 9 days'")
    assert said[1] == "not compared: 1 schedule rows; --stack compares them"


def test_a_document_without_a_claim_gets_no_answer() -> None:
    answer = against_account(notes("Only words.\n"), logs())
    assert answer.exit is Exit.NO_ANSWER
    assert "notes.md holds no claim: an item like `BUCKETS`: Standard → Expire after 14 days." in answer.lines()


def test_the_whole_runbook_holds_against_its_stack() -> None:
    answer = against_stack(runbook(), declared("prod"))
    assert (answer.exit, list(answer.findings)) == (Exit.CLEAN, [])
    assert len(answer.compared) == len(runbook().claims)


def test_the_command_takes_a_file_and_one_place_to_compare_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runbook"]) == Exit.NO_ANSWER
    assert main(["runbook", str(tmp_path / "no.md"), "--stack", "prod", "--profile", "mine"]) == Exit.NO_ANSWER
    assert capsys.readouterr().err.count("runbook takes a FILE, and --stack or --profile") == 2
    assert main(["runbook", str(tmp_path / "no.md")]) == Exit.NO_ANSWER
    assert "no.md can't be used (No such file or directory)" in capsys.readouterr().err
    (tmp_path / "notes.md").write_text("- `logs-*`: Standard → Expires after 14 days\n")
    assert main(["runbook", str(tmp_path / "notes.md"), "--profile", "none"]) == Exit.NO_ANSWER
    assert "notes.md:1:24: can't read 'Expires': expected `CLASS after N days`, `Expire" in capsys.readouterr().err
