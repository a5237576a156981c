"""One change tried: the tests that reach the module run in a process of their own, which alone imports it changed."""

import ast
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

UNIT = "not (process or account or e2e or browser or slow)"
PASSED = 0
NO_TESTS = 5


class _Changed(MetaPathFinder, Loader):
    """Finds one module, whose code it was given."""

    def __init__(self, file: Path, name: str, tree: ast.Module) -> None:
        self._file, self._name, self._tree = file, name, tree

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, str(self._file), "exec"), vars(module))  # noqa: S102 - that is the purpose


@dataclass(frozen=True)
class Trial:
    """What is the same for every change.

    Attributes:
        root: the checkout.
        seconds: how long the tests may take.
        seed: of the property tests, so that a trial can be repeated.
    """

    root: Path
    seconds: float
    seed: int


def begin(trial: Trial, tests: Sequence[str], file: str = "", tree: ast.Module | None = None) -> int:
    """Starts a process that runs tests, and returns its id; its exit code is pytest's, or a signal where it takes long.

    The process imports the checkout's modules anew, whatever the caller has imported.

    Args:
        trial: see there.
        tests: files of tests, in the order in which they run.
        file: the changed module, relative to the checkout.
        tree: its code; None leaves everything as it is.
    """
    if child := os.fork():
        return child
    signal.setitimer(signal.ITIMER_REAL, trial.seconds)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.chdir(trial.root)
    rooms = {path.stem for path in trial.root.iterdir()} - {"scripts", "__main__"}
    for name in [name for name in sys.modules if name.partition(".")[0] in rooms]:
        del sys.modules[name]
    if tree:
        sys.meta_path.insert(0, _Changed(trial.root / file, file.removesuffix(".py").replace("/", "."), tree))
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", f"--hypothesis-seed={trial.seed}", "-m", UNIT]
    code = 1
    try:
        code = int(pytest.main([*options, *tests]))
    finally:
        os._exit(code)
