"""What AWS left out of an answer for want of a right is no answer: unreadable, and neither drift nor in sync."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from audit.api import Account, UnreadableError
from audit.readers.all import KINDS
from audit.readers.compute import FUNCTION

ATTRIBUTES = {a.path: a for kind in KINDS if kind.type == FUNCTION for a in kind.attributes}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:author-one"
CONFIGURATION = {"FunctionName": "author-one", "Environment": {"Variables": {"A": "b"}}}


class Answering:
    """An account that answers by operation and parameters; what it has no answer to it refuses."""

    id = "123456789012"
    region = "us-east-1"

    def __init__(self, answers: Mapping[tuple[str, str], Any]) -> None:
        self.answers = answers

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        (value,) = parameters.values()
        if (operation, value) not in self.answers:
            raise UnreadableError(f"{service}:{operation} answered AccessDeniedException")
        return self.answers[operation, value]


def read(path: str, configuration: Mapping[str, Any] = CONFIGURATION, *, tags: Mapping[str, str] | None = None) -> Any:
    """Reads an attribute of the one function; without `tags` the caller may not list them."""
    answers: dict[tuple[str, str], Any] = {("get_function", "author-one"): {"Configuration": configuration}}
    if tags is not None:
        answers["list_tags", ARN] = {"Tags": tags}
    return ATTRIBUTES[path].read(cast("Account", Answering(answers)), "author-one")


def test_a_functions_tags_are_found_though_get_function_leaves_them_out() -> None:
    assert read("tags", tags={"project": "author-storage", "aws:made": "x"}) == {"project": "author-storage"}
    assert read("tags", tags={}) == {}


def test_without_the_right_to_list_them_a_functions_tags_are_unreadable() -> None:
    with pytest.raises(UnreadableError, match="lambda:list_tags answered AccessDenied"):
        read("tags")


def test_variables_that_could_not_be_decrypted_are_unreadable() -> None:
    assert read("environment") == {"variables": {"A": "b"}}
    error = {"ErrorCode": "AccessDeniedException", "Message": "no kms:Decrypt"}
    with pytest.raises(UnreadableError, match="answered AccessDeniedException for the variables: no kms:Decrypt"):
        read("environment", {"FunctionName": "author-one", "Environment": {"Error": error}})
