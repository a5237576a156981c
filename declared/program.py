"""The program run without engine, provider or account: what a stack declares, as an `Estate`.

`declared_estate("prod")` runs the real __main__.py with the real stack file. Each run has a thread of its own, and so
Pulumi's per-context settings and an event loop of its own: it can be repeated, for any stacks, in one process.
"""

import asyncio
import runpy
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, settings, stack

from declared.recorder import Recorder
from declared.stacks import ROOT, as_engine
from estate.hash import OWN_HASH
from estate.model import Estate, Resource, estate
from estate.names import PROJECT

_ONE_RUN = Lock()
"""`runpy` replaces `__main__` in the whole process while the program runs."""

ESTATE_HASH = f"{PROJECT}:estateHash"
"""Setting by which the program is told that its graph is only about to become the estate file."""


@dataclass(frozen=True)
class Declaration:
    """Everything that one run of the program registered.

    Attributes:
        estate: the AWS resources.
        components: the components, with the same shape.
        finished: type and logical name of the components that registered their outputs.
        outputs: the stack's outputs, `UNKNOWN` where a preview cannot know them and `SECRET` where they are secret.
        dependencies: resource → logical names of what it depends on, by output or by `depends_on`.
    """

    estate: Estate
    components: tuple[Resource, ...]
    finished: frozenset[str]
    outputs: Mapping[str, Any]
    dependencies: Mapping[str, frozenset[str]]


def declared_estate(name: str, config: Mapping[str, str] | None = None, *, unknown_outputs: bool = False) -> Estate:
    """Returns what a stack declares.

    Args:
        name: the stack, as `prod`.
        config: settings that replace the stack file's, by full key, as `author-storage:recordingsWindowDays`.
        unknown_outputs: whether outputs that no input decides (KMS key ids) are `UNKNOWN`, as in a first preview;
            otherwise they are stable made-up values.

    Raises:
        StackError: there is no such stack.
        SettingsError: the configuration is unusable.
    """
    return declare(name, config, unknown_outputs=unknown_outputs).estate


def declare(
    name: str,
    config: Mapping[str, str] | None = None,
    *,
    unknown_outputs: bool = False,
    program: Callable[[], object] | None = None,
) -> Declaration:
    """Like `declared_estate`, with the components and outputs besides.

    Args:
        name: see `declared_estate`.
        config: see `declared_estate`.
        unknown_outputs: see `declared_estate`.
        program: what is run instead of __main__.py, as one component alone.
    """
    configuration = {**as_engine(name), ESTATE_HASH: OWN_HASH, **(config or {})}
    with _ONE_RUN, ThreadPoolExecutor(1) as own_thread:
        recorder = own_thread.submit(
            _run, name, configuration, program or _main, unknown_outputs=unknown_outputs
        ).result()
    resources = [r for r in recorder.registered if r.type.startswith("aws:")]
    environment, account = configuration[f"{PROJECT}:environment"], configuration[f"{PROJECT}:account"]
    return Declaration(
        estate(name, environment, account, configuration["aws:region"], resources),
        tuple(r for r in recorder.registered if not r.type.startswith("aws:")),
        frozenset(recorder.finished),
        recorder.outputs,
        recorder.dependencies,
    )


def _main() -> None:
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


def _run(
    name: str, configuration: Mapping[str, str], program: Callable[[], object], *, unknown_outputs: bool
) -> Recorder:
    """Runs the program in this thread, whose context is fresh, and awaits everything it started."""
    recorder = Recorder(unknown_outputs=unknown_outputs)

    def to_the_end() -> None:
        program()

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        settings.ROOT.set(None)
        settings.configure(
            mocks.MockSettings(
                monitor=recorder,
                engine=mocks.MockEngine(None),
                monitor_features=recorder.features(),
                project=PROJECT,
                stack=name,
                dry_run=unknown_outputs,
                organization="organization",
                callbacks=None,
            )
        )
        runtime_config.set_all_config(dict(configuration), [])
        loop.run_until_complete(stack.run_in_stack(to_the_end))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)
    return recorder
