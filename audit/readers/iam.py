"""IAM roles, their policies, and KMS keys with their aliases.

Operations and permissions:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from audit.api import AbsentError, Account
from audit.table import Call, Discover, Kind, Ours, at, raw, rows, tags_at
from estate.model import Estate, Resource
from estate.names import PREFIX

ROLE_ARN = f"arn:aws:iam::{{account}}:role/{PREFIX}-*"
KEY_ARN = "arn:aws:kms:{region}:{account}:key/*"

GET_ROLE = Call("iam", "get_role", "iam:GetRole", ROLE_ARN)
GET_POLICY = Call("iam", "get_role_policy", "iam:GetRolePolicy", ROLE_ARN)
ATTACHED = Call("iam", "list_attached_role_policies", "iam:ListAttachedRolePolicies", ROLE_ARN)
INLINE = Call("iam", "list_role_policies", "iam:ListRolePolicies", ROLE_ARN)
ROLES = Call("iam", "list_roles", "iam:ListRoles", "*")
ALIASES = Call("kms", "list_aliases", "kms:ListAliases", "*")

ROLE = "aws:iam/role:Role"


def _role(physical: str, _: Account) -> dict[str, Any]:
    return {"RoleName": physical.partition("/")[0]}


def _role_policy(physical: str, _: Account) -> dict[str, Any]:
    return dict(zip(("RoleName", "PolicyName"), physical.split("/", 1), strict=True))


def _our_roles(account: Account, ours: Ours) -> Iterator[str]:
    for role in account.ask("iam", "list_roles")["Roles"]:
        if role["RoleName"].startswith(f"{PREFIX}-"):
            yield role["RoleName"]
    yield from ours.declared[ROLE]


def _of_each_role(call: Call, names: Callable[[Any], Iterable[str]]) -> Discover:
    """What a call lists for each role of ours, as `role/name`."""

    def discover(account: Account, ours: Ours) -> Iterator[str]:
        def listed(role: str) -> list[str]:
            try:
                return [f"{role}/{name}" for name in names(account.ask("iam", call.operation, RoleName=role))]
            except AbsentError:
                return []

        for found in account.concurrently(listed, set(_our_roles(account, ours))):
            yield from found

    return discover


def _attached_arns(answer: Any) -> Any:
    return [policy["PolicyArn"] for policy in answer["AttachedPolicies"]] or None


def key_id(account: Account, alias: str) -> str:
    """The id of the key behind an alias.

    Raises:
        AbsentError: there is no such alias.
    """
    for found in account.ask("kms", "list_aliases")["Aliases"]:
        if found["AliasName"] == alias and "TargetKeyId" in found:
            return found["TargetKeyId"]
    raise AbsentError(f"no key has the alias {alias}")


def aliases_by_key(account: Account) -> dict[str, str]:
    """Key id → its aliases, joined: how keys are named in comparisons."""
    names: dict[str, list[str]] = {}
    for found in account.ask("kms", "list_aliases")["Aliases"]:
        if "TargetKeyId" in found and not found["AliasName"].startswith("alias/aws/"):
            names.setdefault(found["TargetKeyId"], []).append(found["AliasName"])
    return {key: "+".join(sorted(several)) for key, several in names.items()}


def _alias_of(key: Resource, estate: Estate) -> str:
    """A key is found by the alias that its component gave it: its id is random."""
    aliases = (r for r in estate.of_type("kms/alias:Alias") if r.parent == key.parent)
    return next((str(a.properties["name"]) for a in aliases), f"{key.name} (no alias)")


def declared_aliases(estate: Estate) -> dict[str, str]:
    """Made-up key id of the declared estate → alias, so that both sides name keys alike."""
    return {str(a.properties["targetKeyId"]): str(a.properties["name"]) for a in estate.of_type("kms/alias:Alias")}


def _key(physical: str, account: Account) -> dict[str, Any]:
    return {"KeyId": key_id(account, physical)}


def _default_policy(physical: str, account: Account) -> dict[str, Any]:
    return {**_key(physical, account), "PolicyName": "default"}


def _everything(_: str, __: Account) -> dict[str, Any]:
    return {}


def _our_aliases(account: Account, _: Ours) -> Iterator[str]:
    for found in account.ask("kms", "list_aliases")["Aliases"]:
        if found["AliasName"].startswith(f"alias/{PREFIX}-"):
            yield found["AliasName"]


def _pick_alias(answer: Any, physical: str, _: Account) -> Any:
    return next((a for a in answer["Aliases"] if a["AliasName"] == physical and "TargetKeyId" in a), None)


KEY = Call("kms", "describe_key", "kms:DescribeKey", KEY_ARN)
ROTATION = Call("kms", "get_key_rotation_status", "kms:GetKeyRotationStatus", KEY_ARN)
KEY_POLICY = Call("kms", "get_key_policy", "kms:GetKeyPolicy", KEY_ARN)
KEY_TAGS = Call("kms", "list_resource_tags", "kms:ListResourceTags", KEY_ARN)

KINDS = (
    Kind(
        ROLE,
        ("name",),
        rows(
            GET_ROLE,
            _role,
            {
                "name": at("Role", "RoleName"),
                "assumeRolePolicy": raw("Role", "AssumeRolePolicyDocument"),
                "description": at("Role", "Description"),
                "path": at("Role", "Path"),
                "permissionsBoundary": at("Role", "PermissionsBoundary", "PermissionsBoundaryArn"),
                "maxSessionDuration": at("Role", "MaxSessionDuration"),
                "tags": tags_at("Role", "Tags"),
            },
            defaults={"path": "/", "maxSessionDuration": 3600},
        ),
        "aws iam delete-role --role-name {physical}",
        exempt={"forceDetachPolicies": "a setting of the engine; IAM does not know it"},
        discover=_our_roles,
        discovered_by=(ROLES,),
    ),
    Kind(
        "aws:iam/rolePolicy:RolePolicy",
        ("role", "name"),
        rows(GET_POLICY, _role_policy, {"name": at("PolicyName"), "policy": raw("PolicyDocument")}),
        "aws iam delete-role-policy --role-name {0} --policy-name {1}",
        discover=_of_each_role(INLINE, lambda answer: answer["PolicyNames"]),
        discovered_by=(ROLES, INLINE),
    ),
    Kind(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        ("role", "policyArn"),
        rows(ATTACHED, _role, {"policyArn": _attached_arns}),
        "aws iam detach-role-policy --role-name {0} --policy-arn {1}/{2}",
        discover=_of_each_role(ATTACHED, lambda answer: _attached_arns(answer) or []),
        discovered_by=(ROLES, ATTACHED),
    ),
    Kind(
        "aws:kms/key:Key",
        ("alias",),
        (
            *rows(
                KEY,
                _key,
                {
                    "description": at("KeyMetadata", "Description"),
                    "isEnabled": at("KeyMetadata", "Enabled"),
                    "keyUsage": at("KeyMetadata", "KeyUsage"),
                    "multiRegion": at("KeyMetadata", "MultiRegion"),
                },
                defaults={"isEnabled": True, "keyUsage": "ENCRYPT_DECRYPT"},
            ),
            *rows(ROTATION, _key, {"enableKeyRotation": at("KeyRotationEnabled")}),
            *rows(KEY_POLICY, _default_policy, {"policy": raw("Policy")}),
            *rows(KEY_TAGS, _key, {"tags": tags_at("Tags", name="TagKey", value="TagValue")}),
        ),
        "aws kms disable-key --key-id {physical}",
        named_by=_alias_of,
        exempt={"deletionWindowInDays": "KMS keeps it only once a deletion is scheduled"},
    ),
    Kind(
        "aws:kms/alias:Alias",
        ("name",),
        rows(ALIASES, _everything, {"targetKeyId": at("TargetKeyId")}, pick=_pick_alias),
        "aws kms delete-alias --alias-name {physical}",
        discover=_our_aliases,
        discovered_by=(ALIASES,),
    ),
)
