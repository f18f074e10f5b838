"""Uploading to the hub: only when asked, and private unless asked otherwise."""

from typing import TYPE_CHECKING

from bias_inherit.errors import RunError
from bias_tasks.training_rows import read_rows

if TYPE_CHECKING:
    from bias_inherit.augmentation import SetFiles


def push_set(files: "SetFiles", name: str, private: bool) -> None:
    """Upload rows and card of an augmented set.

    Raises:
        RunError: the hub cannot be reached, or refuses.
    """
    import datasets
    from huggingface_hub import HfApi

    rows = datasets.Dataset.from_list([row.model_dump(mode="json") for row in read_rows(files.rows)])
    try:
        rows.push_to_hub(name, private=private)
        HfApi().upload_file(
            path_or_fileobj=files.card, path_in_repo="README.md", repo_id=name, repo_type="dataset"
        )
    except Exception as error:  # the hub's client raises a dozen kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise RunError(f"--push-to-hub {name}: {reason}; the set itself is finished: {files.rows}") from None
