"""The project's own estate: up, again, preview, drift, repair."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.errors import ExitCode
from tests.e2e.estates import Estate
from tests.policies.declared import chain

pytestmark = pytest.mark.e2e

(DAYS,) = chain("author-exports-*")


def days_of_exports(estate: Estate) -> int:
    rules = estate.client("s3").get_bucket_lifecycle_configuration(Bucket="author-exports-local")["Rules"]
    return next(rule["Expiration"]["Days"] for rule in rules if "Days" in rule.get("Expiration", {}))


@pytest.fixture
def drifted(local_stack: Estate) -> Iterator[Estate]:
    """Have the exports' expiration changed by hand, and mended afterwards whatever the test did."""
    s3 = local_stack.client("s3")
    before = s3.get_bucket_lifecycle_configuration(Bucket="author-exports-local")["Rules"]
    changed: list[dict[str, Any]] = json.loads(json.dumps(before))
    for rule in changed:
        if "Days" in rule.get("Expiration", {}):
            rule["Expiration"]["Days"] = 77
    s3.put_bucket_lifecycle_configuration(Bucket="author-exports-local", LifecycleConfiguration={"Rules": changed})
    yield local_stack
    s3.put_bucket_lifecycle_configuration(Bucket="author-exports-local", LifecycleConfiguration={"Rules": before})


def test_up_again_changes_nothing_and_says_where_the_account_listens(local_stack: Estate) -> None:
    said = local_stack.local("up").stdout
    assert "no changes" in said
    assert f"listens at {local_stack.endpoint}" in said
    assert "author-recordings-local" in said
    assert re.search(r"provider +Terraform AWS provider 5\.100\.0 .*, served by local/bridge", said)


def test_preview_is_clean(local_stack: Estate) -> None:
    assert "unchanged" in local_stack.local("preview", "--", "--expect-no-changes").stdout


def test_a_number_changed_by_hand_is_shown_alone_and_repaired_by_up(drifted: Estate) -> None:
    shown = drifted.local("refresh", "--", "--expect-no-changes", check=False)
    assert shown.returncode == ExitCode.CHANGES
    assert re.findall(r"[~+-] (\w+): (.* => .*)", shown.stdout) == [("days", f"{DAYS} => 77")]
    assert "~ 1 to update" in shown.stdout
    drifted.local("up")
    assert days_of_exports(drifted) == DAYS


def test_the_state_holds_every_resource_and_nothing_pending(local_stack: Estate) -> None:
    deployment = local_stack.deployment()
    held = {resource["outputs"].get("bucket") for resource in deployment["resources"] if ":s3/" in resource["type"]}
    assert {"author-recordings-local", "author-exports-local", "author-temporary-uploads-local"} <= held
    assert not deployment.get("pending_operations")


def test_env_points_any_tool_at_the_account(local_stack: Estate) -> None:
    lines = local_stack.local("env").stdout.splitlines()
    assert f"export AWS_ENDPOINT_URL={local_stack.endpoint}" in lines
    assert "export AWS_ACCESS_KEY_ID=AKIAROOTOFTHEACCOUNT" in lines, "root is refused nothing when policies decide"
    assert {line.split("=")[0] for line in lines} == {
        "export AWS_ENDPOINT_URL",
        "export AWS_REGION",
        "export AWS_DEFAULT_REGION",
        "export AWS_ACCESS_KEY_ID",
        "export AWS_SECRET_ACCESS_KEY",
    }


def test_no_file_of_the_project_is_touched(local_stack: Estate) -> None:
    assert "encryptionsalt" not in (local_stack.project / "Pulumi.local.yaml").read_text()


def test_every_resource_of_the_estate_is_found_again_when_its_creation_was_not_recorded(local_stack: Estate) -> None:
    path = local_stack.state / "backend/.pulumi/stacks/author-storage/local.json"
    document = json.loads(path.read_text())
    latest = document["checkpoint"]["latest"]
    lost = [item for item in latest["resources"] if item["type"].startswith("aws:")]
    # Components that wait for a resource would not be there yet; they stay, without waiting, as the parents of others.
    freed: dict[str, Any] = {"dependencies": [], "propertyDependencies": {}}
    latest["resources"] = [{**item, **freed} for item in latest["resources"] if item not in lost]
    begun = [{name: value for name, value in item.items() if name not in ("id", "outputs")} for item in lost]
    latest["pending_operations"] = [{"resource": item, "type": "creating"} for item in begun]
    path.write_text(json.dumps(document))

    said = local_stack.local("up").stdout
    assert f"The last run was killed; {len(lost)} operations were under way" in said
    # What the account can't tell (forceDestroy, a key's deletion window) is set again; nothing is made or replaced.
    summary = next(line for line in said.splitlines() if "AWS resources stand" in line)
    assert re.fullmatch(rf"(no changes|\d+ update); {len(lost)} AWS resources stand, \d+ s", summary)
    assert {
        item["urn"]: item["id"] for item in local_stack.deployment()["resources"] if item["type"].startswith("aws:")
    } == {item["urn"]: item["id"] for item in lost}
