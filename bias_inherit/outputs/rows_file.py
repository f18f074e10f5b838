"""The name of a file of rows, and of what lies beside it."""

from pathlib import Path

from bias_inherit.kit.errors import UsageError


def with_beside(out: Path, *endings: str) -> list[Path]:
    """The file, and for each ending the one beside it that is named alike.

    Raises:
        UsageError: the name does not end in .jsonl.
    """
    if out.suffix != ".jsonl":
        raise UsageError(f"--out: {out}: expected a name that ends in .jsonl")
    return [out, *(out.with_name(out.stem + ending) for ending in endings)]
