"""Where AWS says what it does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A page of AWS's documentation.

    Attributes:
        page: its address.
        read: the day on which it was read, ISO 8601.
        part: what of the page, where that is not plain.
    """

    page: str
    read: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.page}{f' ({self.part})' if self.part else ''}, {self.read}"
