"""The gaps between moto and AWS that this project would fall into, one family a file."""

from typing import TYPE_CHECKING

from local.account.gaps import bucket_documents

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATCHES = (bucket_documents,)


def close_all() -> None:
    """Patch moto in this process; call it once, before the first request."""
    for module in PATCHES:
        module.install()


def wrap(inner: "WSGIApplication") -> "WSGIApplication":
    """Wrap moto's application where a request has to be seen before moto routes it."""
    return inner
