"""`.github/workflows/soak.yml` is not played: it runs `make soak` and nothing else."""

from tests.workflows.player import ROOT, read


def test_soak_is_make_soak_and_nothing_else() -> None:
    steps = read("soak.yml")["jobs"]["soak"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make soak"]


def test_make_soak_tries_all_of_what_make_test_samples() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = makefile.partition("\nsoak:")[2].partition("\nlint:")[0]
    assert "--thorough" in target
    assert "--hypothesis-profile soak" in target
    assert "max_examples=20_000" in (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
