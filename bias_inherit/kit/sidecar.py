"""The request recorded beside an output: compared when it is asked for again, then refused or gone on with.

A sidecar holds what was asked for and what came of it. The same request finds its output, or goes on from
what an interrupted call left. Another request is refused, and so is an output that no sidecar tells of.
"""

from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import file_hash, write_json

_REMEDY = "choose another --out"
_FOR_READERS = {"versions"}
"""Recorded and not compared: a newer package may finish what an older one began."""


_This = TypeVar("_This")


class Content(Protocol):
    """What a sidecar holds: a pydantic model, whose `outcome` may be None until the output is there."""

    @property
    def asked(self) -> BaseModel: ...

    @property
    def outcome(self) -> BaseModel | None: ...

    @classmethod
    def model_validate_json(cls: type[_This], json_data: bytes) -> _This: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


Held = TypeVar("Held", bound=Content)


class Sidecar(Generic[Held]):
    """The file beside one output."""

    def __init__(self, path: Path, content: type[Held]) -> None:
        self.path = path
        self._content = content

    def read(self, unrecorded: str | None = None) -> Held | None:
        """What an earlier call left; None where there was none.

        Args:
            unrecorded: What is there although there is no sidecar, up to the words `no NAME`; None if
                nothing is.

        Raises:
            UsageError: something else is there.
        """
        if not self.path.exists():
            if unrecorded:
                raise UsageError(f"{unrecorded} no {self.path.name}; {_REMEDY}")
            return None
        try:
            return self._content.model_validate_json(self.path.read_bytes())
        except ValidationError as error:
            raise UsageError(f"{self.path}: not a record of this program; {_REMEDY}") from error

    def write(self, content: Held) -> None:
        """Written beside and renamed, so that none is ever half there."""
        write_json(self.path, content.model_dump(mode="json"))


def check_same(wanted: BaseModel, earlier: BaseModel, refusal: str) -> None:
    """
    Args:
        refusal: What to say before the keys that differ, such as `FILE is of another mix`.

    Raises:
        UsageError: something else was asked for, versions of packages aside.
    """
    ours, theirs = (request.model_dump(exclude=_FOR_READERS) for request in (wanted, earlier))
    if other := [key for key, value in ours.items() if theirs[key] != value]:
        raise UsageError(f"{refusal} (other {', '.join(other)}); {_REMEDY}")


def check_unchanged(output: Path, sha256: str) -> None:
    """
    Raises:
        UsageError: the file is not what was written there.
    """
    if file_hash(output) != sha256:
        raise UsageError(f"{output} was changed after it was written; {_REMEDY}")
