"""Every sentence of AWS on the rights that a read of the table takes has been decided on."""

from collections import defaultdict

import pytest

from audit.permissions import calls
from audit.readers.monitoring import ALARMS
from audit.readers.s3 import HEAD
from tests.audit.rights_in_words import ANY, api_name, decisions, on_rights, undecided

DECIDED = decisions()
RIGHTS: dict[str, frozenset[str]] = defaultdict(frozenset)
for call in calls():
    RIGHTS[api_name(call.service, call.operation)] |= {action for action, _ in call.rights}


@pytest.mark.parametrize("read", sorted(RIGHTS))
def test_what_is_said_of_a_reads_rights_is_decided(read: str) -> None:
    assert undecided(read, RIGHTS[read], DECIDED) == [], "read it, then decide in tests/audit/rights_in_words.yaml"


def test_every_decision_is_on_something_that_is_still_said() -> None:
    said = {read: on_rights(read, rights) for read, rights in RIGHTS.items()}
    said[ANY] = [sentence for sentences in said.values() for sentence in sentences]
    unsaid = [
        (read, words)
        for read, decided in DECIDED.items()
        for words in decided
        if not any(words in sentence for sentence in said.get(read, ()))
    ]
    assert unsaid == []


def test_every_decision_gives_a_reason() -> None:
    assert [words for decided in DECIDED.values() for words, so in decided.items() if len(so) < 5] == []


def test_a_read_that_nobody_decided_on_is_told() -> None:
    nothing = {ANY: DECIDED[ANY]}
    told = undecided("lambda:GetFunction", frozenset({"lambda:GetFunction"}), nothing)
    assert any("lambda:ListTags" in sentence for sentence in told)
    assert any("TagsError" in sentence for sentence in told)
    told = undecided("secretsmanager:GetSecretValue", frozenset({"secretsmanager:GetSecretValue"}), nothing)
    assert any("kms:Decrypt" in sentence for sentence in told)


def test_a_further_right_in_the_table_settles_what_names_it() -> None:
    without = undecided("s3:HeadObject", frozenset({HEAD.permission}), DECIDED)
    assert [s for s in without if "s3:ListBucket" in s] == without != []
    assert undecided("s3:HeadObject", frozenset(a for a, _ in HEAD.rights), DECIDED) == []


def test_alarms_are_read_with_the_scope_that_aws_wants() -> None:
    assert ALARMS.rights == (("cloudwatch:DescribeAlarms", "*"),)
