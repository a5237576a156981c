from pathlib import Path

import pytest

from declared.settings_files import with_settings
from declared.stacks import StackError, deployed_stacks, names_of, stacks
from estate.errors import MendableError
from estate.model import Estate
from estate.names import Names
from estate.settings import settings_of

EMPTY = Estate("prod", "prod", "1" * 12, "us-east-1", ())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "jobs" / "retention").mkdir(parents=True)
    (tmp_path / "scripts" / "storage").mkdir(parents=True)
    (tmp_path / "jobs" / "retention" / "prod.env").write_text("# days\n\nRETENTION_WINDOW_DAYS=45\n")
    (tmp_path / "scripts" / "storage" / "restore.env").write_text("RESTORE_DAYS = 5\n".replace(" ", ""))
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n  aws:region: us-east-1\n  author-storage:environment: prod\n"
        "  author-storage:account: '111111111111'\n  author-storage:recordingsWindowDays: 45\n"
    )
    return tmp_path


def test_reads_the_settings_of_the_stack(root: Path):
    estate = with_settings(EMPTY, root)
    assert {
        (r.name, s, r.properties[s]) for r, s in settings_of(estate, {"RETENTION_WINDOW_DAYS", "RESTORE_DAYS"})
    } == {
        ("jobs/retention/prod.env", "RETENTION_WINDOW_DAYS", "45"),
        ("scripts/storage/restore.env", "RESTORE_DAYS", "5"),
    }
    assert with_settings(estate, root) == estate


def test_reads_of_other_stacks_which_environment_they_are(root: Path):
    own = (root / "Pulumi.prod.yaml").read_text()
    (root / "Pulumi.qa.yaml").write_text(own.replace("environment: prod", "environment: qa"))
    read = {r.name: dict(r.properties) for r in with_settings(EMPTY, root).resources if r.name.startswith("Pulumi.")}
    window = "author-storage:recordingsWindowDays"
    assert read == {
        "Pulumi.prod.yaml": {"author-storage:environment": "prod", window: 45},
        "Pulumi.qa.yaml": {"author-storage:environment": "qa"},
    }


def test_the_stack_of_this_machine_stands_in_no_account_of_aws(root: Path):
    (root / "Pulumi.local.yaml").write_text("config: {}\n")
    assert (stacks(root), deployed_stacks(root)) == (("local", "prod"), ("prod",))


def test_reads_what_a_stack_is(root: Path):
    assert names_of("prod", root) == Names("prod", "111111111111", "us-east-1")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "jobs/retention/prod.env",
            None,
            "jobs/retention/prod.env can't be used (No such file or directory); every stack needs it",
        ),
        ("jobs/retention/prod.env", "A=1\nA=2\n", "jobs/retention/prod.env:2: expected NAME=value, each name once"),
        ("jobs/retention/prod.env", "A 1\n", "jobs/retention/prod.env:1: expected NAME=value"),
        ("Pulumi.prod.yaml", "config: [1]\n", "Pulumi.prod.yaml: expected a stack file with config"),
        ("Pulumi.prod.yaml", "a: :\n  b", "Pulumi.prod.yaml: expected a stack file with config"),
    ],
)
def test_a_broken_file_is_named(root: Path, file: str, text: str | None, message: str):
    if text is None:
        (root / file).unlink()
    else:
        (root / file).write_text(text)
    with pytest.raises(MendableError) as caught:
        with_settings(EMPTY, root)
    assert str(caught.value).startswith(message)


def test_a_stack_without_an_account_is_refused(tmp_path: Path):
    (tmp_path / "Pulumi.x.yaml").write_text("config:\n  author-storage:environment: x\n")
    with pytest.raises(StackError, match=r"Pulumi.x.yaml: author-storage:account, aws:region is missing"):
        names_of("x", tmp_path)
