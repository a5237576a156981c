"""CloudWatch Logs filter patterns: terms, and JSON properties.

Space-delimited patterns (`[ip, user]`) and regular expressions (`%...%`) are not emulated and are refused by name.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, read 2026-11-28.
"""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, cast

# A parsed log message to whether it matches.
Test = Callable[[Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<logic>&&|\|\||\(|\))
    | (?P<operator>!=|<=|>=|=|<|>)
    | (?P<selector>\$(?:\.[\w:/@-]+|\.?\[(?:\d+|'[^']*'|"[^"]*")\])+)
    | "(?P<text>(?:[^"\\]|\\.)*)"
    | (?P<word>[^\s()&|=!<>"]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.?\[(?:(\d+)|'([^']*)'|\"([^\"]*)\")\]|\.([\w:/@-]+)")
_MISSING = object()


class PatternError(ValueError):
    """A pattern can't be read, or is of a kind that is not emulated; the text says which."""


def matcher(pattern: str) -> Callable[[str], bool]:
    """Returns a function that tells whether a log message matches.

    Raises:
        PatternError: the pattern can't be read or is not emulated.
    """
    pattern = pattern.strip()
    if pattern.startswith("["):
        raise PatternError(f"space-delimited filter patterns are not emulated: {pattern}")
    if not pattern.startswith("{"):
        return _terms(pattern)
    if not pattern.endswith("}"):
        raise PatternError(f"a JSON filter pattern ends with a brace: {pattern}")
    test = _Parser(pattern[1:-1]).parse()

    def matches(message: str) -> bool:
        try:
            document = json.loads(message)
        except ValueError:
            return False
        return isinstance(document, dict) and test(document)

    return matches


def select(document: Any, selector: str) -> Any:
    """Returns what a selector such as `$.detail.bucket` finds, or None."""
    found = _find(document, selector)
    return None if found is _MISSING else found


def _find(document: Any, selector: str) -> Any:
    found = document
    for index, single, double, name in _STEP.findall(selector[1:]):
        try:
            found = found[int(index)] if index else found[single or double or name]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return found


def _terms(pattern: str) -> Callable[[str], bool]:
    if pattern.startswith("%"):
        raise PatternError(f"regular expressions in filter patterns are not emulated: {pattern}")
    found = [(sign, quoted or word) for sign, quoted, word in re.findall(r'([?-]?)(?:"([^"]*)"|(\S+))', pattern)]
    wanted = [term for sign, term in found if not sign]
    unwanted = [term for sign, term in found if sign == "-"]
    optional = [term for sign, term in found if sign == "?"]
    if optional and not wanted:
        return lambda message: any(term in message for term in optional) and not any(t in message for t in unwanted)
    return lambda message: all(term in message for term in wanted) and not any(t in message for t in unwanted)


class _Parser:
    """Recursive descent over `||`, `&&`, parentheses and comparisons."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)

    def parse(self) -> Test:
        test = self._any()
        if self._tokens:
            raise self._error()
        return test

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            found = _TOKEN.match(text, position)
            if found is None:
                raise self._error()
            kind = cast("str", found.lastgroup)
            tokens.append((kind, found[kind]))
            position = found.end()
        return tokens

    def _error(self) -> PatternError:
        return PatternError(f"can't read the filter pattern {{{self._text}}}")

    def _take(self, *kinds: str) -> str:
        if not self._tokens or self._tokens[0][0] not in kinds:
            raise self._error()
        return self._tokens.pop(0)[1]

    def _next_is(self, value: str) -> bool:
        return bool(self._tokens) and self._tokens[0] == ("logic", value)

    def _any(self) -> Test:
        tests = [self._all()]
        while self._next_is("||"):
            self._tokens.pop(0)
            tests.append(self._all())
        return lambda document: any(test(document) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._next_is("&&"):
            self._tokens.pop(0)
            tests.append(self._one())
        return lambda document: all(test(document) for test in tests)

    def _one(self) -> Test:
        if self._next_is("("):
            self._tokens.pop(0)
            test = self._any()
            if self._take("logic") != ")":
                raise self._error()
            return test
        selector = self._take("selector")
        if self._tokens and self._tokens[0][0] == "operator":
            return self._comparison(selector, self._take("operator"))
        return self._state(selector)

    def _state(self, selector: str) -> Test:
        words = [self._take("word").upper()]
        if words[0] in {"IS", "NOT"}:
            words.append(self._take("word").upper())
        state = " ".join(words)
        tests: dict[str, Test] = {
            "EXISTS": lambda document: _find(document, selector) is not _MISSING,
            "NOT EXISTS": lambda document: _find(document, selector) is _MISSING,
            "IS NULL": lambda document: _find(document, selector) is None,
            "IS TRUE": lambda document: _find(document, selector) is True,
            "IS FALSE": lambda document: _find(document, selector) is False,
        }
        if state not in tests:
            raise self._error()
        return tests[state]

    def _comparison(self, selector: str, operator: str) -> Test:
        kind = self._tokens[0][0] if self._tokens else ""
        value = self._take("text", "word")
        number = None if kind == "text" else _number(value)
        if number is not None:
            compare = _NUMBERS[operator]
            return lambda document: _is_number(found := _find(document, selector)) and compare(found, number)
        if operator not in {"=", "!="} or (kind == "word" and value.startswith("%")):
            raise self._error()
        wanted = re.sub(r"[\[?]", lambda found: f"[{found[0]}]", value)  # only `*` is a wildcard

        def same(document: Any) -> bool:
            found = _find(document, selector)
            return isinstance(found, str) and fnmatchcase(found, wanted)

        if operator == "=":
            return same
        return lambda document: _find(document, selector) is not _MISSING and not same(document)


_NUMBERS: dict[str, Callable[[Any, float], bool]] = {
    "=": lambda found, wanted: found == wanted,
    "!=": lambda found, wanted: found != wanted,
    "<": lambda found, wanted: found < wanted,
    ">": lambda found, wanted: found > wanted,
    "<=": lambda found, wanted: found <= wanted,
    ">=": lambda found, wanted: found >= wanted,
}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)
