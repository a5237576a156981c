"""`.github/workflows/ci.yml` is not played: it runs all tests, these among them, and nothing else."""

from tests.workflows.player import read


def test_ci_is_make_test_and_nothing_else() -> None:
    steps = read("ci.yml")["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make test"]
