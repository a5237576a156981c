from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pytest

from components.settings import SettingsError
from declared.program import declared_estate
from declared.stacks import StackError, stacks
from estate.model import UNKNOWN, Estate
from tests.components.single import configured, declared, kept_a_day_longer


@pytest.fixture(scope="module")
def again() -> Mapping[str, Estate]:
    """Every stack declared once more, all at once, by a caller with Pulumi settings of its own."""
    pulumi.runtime.set_all_config({"author-storage:owner": "somebody"})
    with ThreadPoolExecutor(3) as pool:
        return dict(zip(stacks(), pool.map(declared_estate, stacks()), strict=True))


def test_an_unknown_stack_is_refused_with_those_that_exist() -> None:
    with pytest.raises(StackError, match=f"there is no stack prd; expected one of {', '.join(stacks())}"):
        declared_estate("prd")


def test_the_program_s_errors_surface() -> None:
    with pytest.raises(SettingsError, match="stack prod: author-storage:recordingsWindowDays"):
        declared_estate("prod", {"author-storage:recordingsWindowDays": "0"})


@pytest.mark.slow
@pytest.mark.parametrize("stack", stacks())
def test_it_can_be_repeated_and_gives_the_same_text_though_others_run_at_once(
    stack: str, again: Mapping[str, Estate]
) -> None:
    assert again[stack].to_json() == declared(stack).estate.to_json()


@pytest.mark.slow
@pytest.mark.usefixtures("again")
def test_the_caller_s_own_pulumi_settings_stay() -> None:
    assert pulumi.Config("author-storage").get("owner") == "somebody"


def test_an_estate_survives_its_text() -> None:
    estate = declared("staging").estate
    assert Estate.from_json(estate.to_json()) == estate


@pytest.mark.slow
def test_an_override_changes_just_its_value() -> None:
    before, after = declared("prod").estate, kept_a_day_longer().estate
    changed = [(b, a) for b, a in zip(before.resources, after.resources, strict=True) if a != b]
    assert [a.name for _, a in changed if a.type.endswith("BucketLifecycleConfiguration")] == [
        "author-recordings-lifecycle"
    ]
    assert len(changed) <= 2  # the lifecycle and the job's parameter


@pytest.mark.slow
def test_unknown_outputs_are_the_key_s_alone() -> None:
    known, unknown = declared("prod"), configured("prod")
    assert "<unknown>" not in str(known.estate)
    encryption = next(r for r in unknown.estate.resources if r.name == "author-exports-encryption")
    default = encryption.properties["rules"][0]["applyServerSideEncryptionByDefault"]
    assert default["kmsMasterKeyId"] is UNKNOWN
