"""The file of what is declared: the same bytes from the same sources, its own hash wherever that is declared."""

import hashlib
import json
from pathlib import Path

import pytest

from audit.permissions import calls, grants
from components.estate_file import EstateFileError, built
from declared import __main__ as estate_file
from estate.hash import OWN_HASH, own_hash, with_own_hash
from estate.model import Estate
from tests.components.single import declared

pytestmark = pytest.mark.process


def test_the_file_is_written_and_its_hash_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / name for name in ("one.json", "two.json")]
    for path in paths:
        assert estate_file.main(["--stack", "prod", "--output", str(path)]) == 0
        assert hashlib.sha256(path.read_bytes()).hexdigest() in capsys.readouterr().out
    assert paths[0].read_bytes() == paths[1].read_bytes()
    read = Estate.from_json(paths[0].read_text())
    assert own_hash(read) == hashlib.sha256(paths[0].read_bytes()).hexdigest()


def test_a_stack_that_does_not_exist_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert estate_file.main(["--stack", "nowhere"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("estate: there is no stack nowhere; expected one of ")


def test_the_hash_stands_in_the_markers_the_objects_name_and_the_functions_environment() -> None:
    local = declared("local").estate
    digest = own_hash(local)
    compared = with_own_hash(local)
    assert OWN_HASH not in compared.to_json()
    holders = {r.name for r in compared.resources if digest in json.dumps(dict(r.properties))}
    assert holders == {
        "author-deployment-opened",
        "author-deployment-closed",
        "author-drift-audit",
        "author-drift-audit-estate",
    }


def test_a_deployment_without_the_file_says_what_to_run() -> None:
    with pytest.raises(EstateFileError, match="run `make estate STACK=nowhere`"):
        built("nowhere", None)


def test_everything_waits_for_the_opening_marker_and_the_closing_one_for_everything() -> None:
    declaration = declared("local")
    resources = {f"{r.type} {r.name}": r.name for r in declaration.estate.resources}
    opened, closed = "author-deployment-opened", "author-deployment-closed"
    waiting = {name for key, name in resources.items() if opened in declaration.dependencies[key]}
    assert set(resources.values()) - waiting == {opened}
    assert set(resources.values()) - declaration.dependencies[f"aws:ssm/parameter:Parameter {closed}"] == {closed}


def test_the_role_may_make_every_call_of_the_table_and_none_that_changes_anything() -> None:
    granted = {
        (action, resource)
        for by_resource in grants("123456789012", "us-east-1", "local").values()
        for resource, actions in by_resource.items()
        for action in actions
    }
    asked = {
        (c.permission, c.resource.format(account="123456789012", region="us-east-1", environment="local"))
        for c in calls()
    }
    assert granted == asked
    assert [a for a, _ in granted if not a.split(":")[1].startswith(("Get", "List", "Describe"))] == []
