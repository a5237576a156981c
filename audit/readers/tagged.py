"""Things that carry the project's tag under a name that is not ours: the other kinds find ours by their names.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

import re
from collections.abc import Iterator
from typing import Any

from audit.api import Account
from audit.table import Call, Kind, Ours, rows, tags_at
from estate.names import PREFIX

TAG = {"Key": "project", "Values": [f"{PREFIX}-storage"]}
TAGGED = Call("resourcegroupstaggingapi", "get_resources", "tag:GetResources", "*")
OUR_NAME = re.compile(
    rf"(?i)(^|[:/]){PREFIX}-|^arn:aws:ssm:[^:]*:[^:]*:parameter/{PREFIX}/|log-group:/(aws/[a-z]+/)?{PREFIX}"
)
"""ARNs that the other kinds look at: named as ours."""


def _all(_: str, __: Account) -> dict[str, Any]:
    return {"TagFilters": [TAG]}


def _foreign_names(account: Account, _: Ours) -> Iterator[str]:
    keys = set(_our_keys(account))
    for found in account.ask(TAGGED.service, TAGGED.operation, TagFilters=[TAG])["ResourceTagMappingList"]:
        arn = found["ResourceARN"]
        if not OUR_NAME.search(arn) and arn.rpartition("/")[2] not in keys:
            yield arn


def _our_keys(account: Account) -> Iterator[str]:
    """Keys are named by their aliases; each alias of ours is looked at by its own kind."""
    for alias in account.ask("kms", "list_aliases")["Aliases"]:
        if alias["AliasName"].startswith(f"alias/{PREFIX}-") and "TargetKeyId" in alias:
            yield alias["TargetKeyId"]


def _pick(answer: Any, physical: str, _: Account) -> Any:
    return next((r for r in answer["ResourceTagMappingList"] if r["ResourceARN"] == physical), None)


KINDS = (
    Kind(
        "aws:resourcegroupstaggingapi/resource:Resource",
        ("arn",),
        rows(TAGGED, _all, {"tags": tags_at("Tags")}, pick=_pick),
        "aws resourcegroupstaggingapi untag-resources --tag-keys project --resource-arn-list {physical}",
        discover=_foreign_names,
        discovered_by=(TAGGED,),
    ),
)
