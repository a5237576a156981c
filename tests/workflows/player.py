"""Plays the jobs of a GitHub workflow on this machine: its `run:` steps as they stand in the file.

A step runs as GitHub's runner runs it, in an environment that holds what the workflow sets, what the runner itself
provides (PATH, HOME, CI, GITHUB_*, RUNNER_*), and nothing else. A step that `uses:` an action is stood in for by a
double; an action without one fails the test, and so does a key that the player does not know.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from tests.workflows.expressions import filled, holds

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]

SHELLS = {
    None: ["bash", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
}
"""`shell:` → what GitHub starts on Linux; without one, pipefail is not set."""
JOB = {"if", "runs-on", "timeout-minutes", "permissions", "strategy", "env", "steps"}
STEP = {"name", "id", "if", "env", "uses", "with", "run", "shell", "working-directory", "continue-on-error"}


class PlayError(AssertionError):
    """The workflow uses something that is not known here."""


@dataclass
class Runner:
    """A runner's machine, as one job finds it.

    Attributes:
        folder: where its home, temporary files and checkout are made.
        path: PATH before the workflow adds to it.
        contexts: `vars`, `secrets`, `matrix` and what the event brings as `github`.
        doubles: action, without its version → what stands in for it.
        checkout: what `actions/checkout` puts into the workspace.
    """

    folder: Path
    path: list[str]
    contexts: Json
    doubles: "Mapping[str, Double]"
    environment: dict[str, str] = field(default_factory=dict[str, str])
    permissions: dict[str, str] = field(default_factory=dict[str, str])
    steps: dict[str, Json] = field(default_factory=dict[str, Json])
    failed: bool = False
    said: list[str] = field(default_factory=list[str])

    @property
    def home(self) -> Path:
        """HOME."""
        return self.folder / "home"

    @property
    def temp(self) -> Path:
        """RUNNER_TEMP."""
        return self.folder / "temp"

    @property
    def workspace(self) -> Path:
        """GITHUB_WORKSPACE, empty until the workflow checks out."""
        return self.folder / "workspace"

    @property
    def summary(self) -> str:
        """What the steps wrote into the run's summary."""
        return (self.folder / "summary").read_text()

    @property
    def output(self) -> str:
        """What all steps printed."""
        return "\n".join(self.said)


Double = Callable[[Runner, Mapping[str, str]], None]
"""What an action does to the runner, given its `with:`; an AssertionError is the action's failure."""


def read(name: str) -> Json:
    """Reads a workflow file of this checkout."""
    return cast("Json", yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text()))


def play(workflow: Json, name: str, runner: Runner) -> bool:
    """Plays a job; True if it succeeded, False if it failed.

    Raises:
        PlayError: the workflow uses something that is not known here.
    """
    job = cast("Json", workflow["jobs"][name])
    _known(job, JOB)
    for folder in (runner.home, runner.temp, runner.workspace):
        folder.mkdir(parents=True, exist_ok=True)
    (runner.folder / "summary").touch()
    runner.permissions = dict(job["permissions"])
    runner.environment = _filled({**workflow.get("env", {}), **job.get("env", {})}, _contexts(runner, {}))
    assert holds(job.get("if"), _contexts(runner, {})), f"job {name} does not run"
    shell = workflow.get("defaults", {}).get("run", {}).get("shell")
    for step in cast("list[Json]", job["steps"]):
        _known(step, STEP)
        _step({"shell": shell, **step}, runner)
    return not runner.failed


def _step(step: Json, runner: Runner) -> None:
    contexts = _contexts(runner, runner.environment)
    ran = holds(step.get("if"), contexts)
    environment = runner.environment | _filled(step.get("env", {}), contexts)
    worked = ran and (_used(step, runner, contexts) if "uses" in step else _run(step, runner, environment, contexts))
    outcome = "success" if worked else "failure" if ran else "skipped"
    runner.steps[str(step.get("id", len(runner.steps)))] = {"outcome": outcome}
    runner.failed |= outcome == "failure" and not step.get("continue-on-error")


def _used(step: Json, runner: Runner, contexts: Json) -> bool:
    action = str(step["uses"]).split("@")[0]
    if action not in runner.doubles:
        raise PlayError(f"no double stands in for the action {action}")
    try:
        runner.doubles[action](runner, _filled(step.get("with", {}), contexts))
    except ActionError as error:
        runner.said.append(f"{action}: {error}")
        return False
    return True


class ActionError(Exception):
    """What a double stands for fails."""


def _run(step: Json, runner: Runner, environment: Mapping[str, str], contexts: Json) -> bool:
    files = {name: runner.folder / name for name in ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_OUTPUT")}
    for file in files.values():
        file.write_text("")
    script = runner.folder / "step.sh"
    script.write_text(filled(str(step["run"]), contexts))
    done = subprocess.run(
        [*SHELLS[step["shell"]], str(script)],
        cwd=runner.workspace / step.get("working-directory", "."),
        env=_provided(runner) | {name: str(file) for name, file in files.items()} | dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    runner.said += [done.stdout, done.stderr]
    runner.path[:0] = files["GITHUB_PATH"].read_text().splitlines()[::-1]
    unread = [name for name in ("GITHUB_ENV", "GITHUB_OUTPUT") if files[name].read_text()]
    if unread:
        raise PlayError(f"a step wrote to {unread[0]}, which the player does not read")
    return done.returncode == 0


def _provided(runner: Runner) -> dict[str, str]:
    """What the runner itself puts into each step's environment.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """
    return {
        "CI": "true",
        "HOME": str(runner.home),
        "LANG": "C.UTF-8",
        "PATH": ":".join(runner.path),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": str(runner.contexts["github"]["repository"]),
        "GITHUB_RUN_ID": "1",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_STEP_SUMMARY": str(runner.folder / "summary"),
        "GITHUB_WORKSPACE": str(runner.workspace),
        "RUNNER_TEMP": str(runner.temp),
    }


def _contexts(runner: Runner, environment: Mapping[str, str]) -> Json:
    return {
        **runner.contexts,
        "env": environment,
        "steps": runner.steps,
        "success": lambda: not runner.failed,
        "failure": lambda: runner.failed,
        "cancelled": lambda: False,
        "always": lambda: True,
    }


def _filled(values: Mapping[str, object], contexts: Json) -> dict[str, str]:
    return {name: filled(str(value), contexts) for name, value in values.items()}


def _known(part: Json, keys: set[str]) -> None:
    if unknown := set(part) - keys:
        raise PlayError(f"the player does not know {', '.join(sorted(unknown))}")
