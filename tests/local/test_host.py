import json
import subprocess
from pathlib import Path

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2, language_pb2

from local.host.environments import EnvironmentUnfitError, distributions, provider_plugins, python_of
from local.host.policy_pack import variables
from local.host.programs import arguments, configuration

ROOT = Path(__file__).resolve().parents[2]


def info(root: Path, entry_point: str = ".", **options: str) -> language_pb2.ProgramInfo:
    struct = Struct()
    struct.update(options)
    return language_pb2.ProgramInfo(
        root_directory=str(root), program_directory=str(root), entry_point=entry_point, options=struct
    )


def test_the_option_virtualenv_is_relative_to_the_project() -> None:
    python = python_of(info(ROOT / "policies" / "pack", virtualenv="../../.venv"))
    assert python.parents[1].samefile(ROOT / ".venv")


def test_a_project_that_names_no_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnfitError, match=f"project in {tmp_path} names no environment; set `virtualenv`"):
        python_of(info(tmp_path))


def test_an_environment_that_is_not_there_is_named(tmp_path: Path) -> None:
    expected = f"`virtualenv: venv` names no environment: {tmp_path}/venv/bin/python"
    with pytest.raises(EnvironmentUnfitError, match=expected):
        python_of(info(tmp_path, virtualenv="venv"))


def test_an_environment_without_pip_is_refused(tmp_path: Path) -> None:
    python, packages = tmp_path / "venv/bin/python", tmp_path / "venv/lib/python3.13/site-packages"
    python.parent.mkdir(parents=True)
    python.touch()
    (packages / "pip").mkdir(parents=True)
    assert python_of(info(tmp_path, virtualenv="venv")) == python
    (packages / "pip").rmdir()
    with pytest.raises(EnvironmentUnfitError, match=f"environment of {python} has no pip"):
        python_of(info(tmp_path, virtualenv="venv"))


@pytest.mark.process
def test_pip_lists_the_environment_as_we_do() -> None:
    python = ROOT / ".venv/bin/python"
    asked = [python, "-m", "pip", "list", "--format", "json"]  # what Pulumi's own host asks
    said = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert sorted((item["name"], item["version"]) for item in said) == distributions(python)


def test_the_sdk_packages_of_an_environment_say_which_plugins_they_need() -> None:
    python = ROOT / ".venv/bin/python"
    assert provider_plugins(python) == [("aws", dict(distributions(python))["pulumi_aws"])]


def request(*, preview: bool = False) -> language_pb2.RunRequest:
    return language_pb2.RunRequest(
        project="p",
        stack="local",
        monitor_address="127.0.0.1:1",
        parallel=4,
        info=info(Path("/project")),
        dryRun=preview,
        args=["extra"],
        config={"p:a": "1", "p:s": "hidden"},
        configSecretKeys=["p:s"],
    )


def test_the_executor_is_told_where_the_engine_listens_and_what_to_run() -> None:
    told = arguments(request(preview=True), "127.0.0.1:2")
    assert "--monitor=127.0.0.1:1" in told
    assert "--engine=127.0.0.1:2" in told
    assert "--organization=organization" in told
    assert told[-3:] == ["--dry_run", "/project", "extra"]
    assert "--dry_run" not in arguments(request(), "127.0.0.1:2")


def test_a_program_in_a_file_is_run_by_its_path() -> None:
    asked = request()
    asked.info.entry_point = "infra.py"
    assert arguments(asked, "")[-2:] == ["/project/infra.py", "extra"]


def test_configuration_and_secret_keys_are_json_in_the_environment() -> None:
    carried = configuration(request())
    assert json.loads(carried["PULUMI_CONFIG"]) == {"p:a": "1", "p:s": "hidden"}
    assert json.loads(carried["PULUMI_CONFIG_SECRET_KEYS"]) == ["p:s"]


def test_a_policy_pack_is_told_of_the_stack_by_its_environment() -> None:
    told = variables(
        analyzer_pb2.AnalyzerStackConfigureRequest(stack="prod", project="p", dry_run=True, config={"p:a": "1"})
    )
    assert told["PULUMI_STACK"] == "prod"
    assert told["PULUMI_DRY_RUN"] == "true"
    assert told["PULUMI_ORGANIZATION"] == "organization"
    assert json.loads(told["PULUMI_CONFIG"]) == {"p:a": "1"}
