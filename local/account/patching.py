"""How a gap is closed inside moto: one method of one class is wrapped, and a method that is gone fails at start."""

import functools
from collections.abc import Callable
from typing import Any, cast

# (status, headers, body), as moto's response classes hand it to Flask.
Response = tuple[int, dict[str, str], str | bytes]
# Called with the original method, the instance and the arguments of the call.
Around = Callable[..., Any]


def around(owner: type, name: str) -> Callable[[Around], Around]:
    """Replace `owner.name` by a function that gets the original method first.

    Raises:
        AttributeError: the class has no such method, so this moto is not the one the patch was written for.
    """

    def decorate(function: Around) -> Around:
        original = cast("Callable[..., Any]", getattr(owner, name))

        @functools.wraps(original)
        def patched(self: object, *args: Any, **kwargs: Any) -> Any:
            return function(original, self, *args, **kwargs)

        setattr(owner, name, patched)
        return function

    return decorate
