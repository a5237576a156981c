"""Every Pulumi project of the repository runs under Pulumi's own Python language host too."""

from pathlib import Path

import pytest
import yaml
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import language_pb2

from local.host.environments import python_of

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and path.name != "build" and not path.name.startswith(".")]
FILES = ["Pulumi.yaml", "PulumiPolicy.yaml"]
PROJECTS = [ROOT / "Pulumi.yaml"] + [file for folder in FOLDERS for name in FILES for file in folder.rglob(name)]


@pytest.mark.parametrize("file", PROJECTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_project_names_its_environment_and_who_is_asked_what_is_in_it(file: Path) -> None:
    options = Struct()
    options.update(yaml.safe_load(file.read_text())["runtime"]["options"])
    named = language_pb2.ProgramInfo(root_directory=str(file.parent), options=options)
    assert python_of(named).parents[1].samefile(ROOT / ".venv")
    # Without it a uv.lock or poetry.lock in any folder above, even one outside this repository, decides.
    assert options["toolchain"] == "pip"


def test_all_projects_are_found() -> None:
    assert {str(file.parent.relative_to(ROOT)) for file in PROJECTS} >= {".", "policies/pack", "tests/e2e/small"}
