"""What goes in and out of the stub's API."""

from typing import NamedTuple

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class Call(NamedTuple):
    """A request, decoded: method, key (empty for the bucket), query, headers in lower case, body."""

    method: str
    key: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """Status and body of an answer, how many keys the request concerned, and headers beside the usual ones."""

    status: int
    body: bytes
    keys: int = 1
    headers: tuple[tuple[str, str], ...] = ()


def error(status: int, code: str) -> Answer:
    """An S3 error document."""
    return Answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())
