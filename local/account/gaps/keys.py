"""Keys with newlines and repeated slashes reach the object they name; plain moto finds no route, or another key."""

from typing import Any

import werkzeug.routing
from moto.moto_server.utilities import RegexConverter

from local.account.patching import around

ANY_BUT_NEWLINE = ".+"
ANY = r"[\s\S]+"


def install() -> None:
    """Let a key in a path hold any character, and keep werkzeug from merging slashes."""

    @around(RegexConverter, "__init__")
    def _convert(original: Any, converter: RegexConverter, *args: Any) -> None:
        original(converter, *args)
        converter.regex = converter.regex.replace(ANY_BUT_NEWLINE, ANY)

    @around(werkzeug.routing.Map, "__init__")
    def _map(original: Any, routes: werkzeug.routing.Map, *args: Any, **kwargs: Any) -> None:
        original(routes, *args, **{"merge_slashes": False, **kwargs})
