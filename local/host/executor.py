"""Run one Pulumi program inside a stack: the child process that `programs.py` starts.

It runs with the program's own interpreter, where nothing of this project but Pulumi's SDK may be importable.
"""

import argparse
import asyncio
import gc
import runpy
import signal
import sys
import traceback
from pathlib import Path

import pulumi
import pulumi.runtime

EXIT_REPORTED = 32


def main() -> int:
    """Run the program named on the command line and return the exit code."""
    arguments = _parser().parse_args()
    gc.disable()  # a program ends in seconds; going through the SDK's thousands of classes took a fifth of them
    # On Ctrl-C the engine decides; a traceback of ours would only hide what it prints.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=arguments.project,
            stack=arguments.stack,
            monitor=arguments.monitor,
            engine=arguments.engine,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )
    program: Path = arguments.program
    sys.argv = [str(program), *arguments.arguments]
    # Replaces this file's folder, which Python put there: the program must not see our modules.
    sys.path[0] = str(program if program.is_dir() else program.parent)
    return _run(program)


def _run(program: Path) -> int:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def start() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(start))
    except pulumi.RunError as error:  # a mistake the program explains itself: no traceback
        pulumi.log.error(str(error))
        return EXIT_REPORTED
    except Exception:  # whatever the program raises belongs on the user's screen
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        return EXIT_REPORTED
    finally:
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("monitor", "engine", "project", "stack", "organization", "root_directory"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--dry_run", action="store_true")
    parser.add_argument("program", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main())
