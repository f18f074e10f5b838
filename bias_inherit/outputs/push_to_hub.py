"""Uploading to the hub: only when asked, and private unless asked otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bias_inherit.kit.errors import RunError, UsageError, with_reason
from bias_tasks.training_rows import read_rows

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from bias_inherit.outputs.set_files import SetFiles


def push_set(files: "SetFiles", name: str, private: bool) -> None:
    """Upload rows, record and card of an augmented set.

    Args:
        name: Of the hub's data set; made if it is not there.

    Raises:
        UsageError: a data set of that name is there, and anybody can read it, and that was not asked for.
        RunError: the hub cannot be reached, or refuses.
    """
    import datasets

    with _hub(name, "dataset", private, finished=files.rows) as hub:
        rows = datasets.Dataset.from_list([row.model_dump(mode="json") for row in read_rows(files.rows)])
        rows.push_to_hub(name, private=private)
        for file, path in ((files.card, "README.md"), (files.record, files.record.name)):
            hub.upload_file(path_or_fileobj=file, path_in_repo=path, repo_id=name, repo_type="dataset")


def push_adapter(folder: Path, name: str, private: bool) -> None:
    """Upload an adapter's folder.

    Args:
        name: Of the hub's model; made if it is not there.

    Raises:
        UsageError: a model of that name is there, and anybody can read it, and that was not asked for.
        RunError: the hub cannot be reached, or refuses.
    """
    with _hub(name, "model", private, finished=folder) as hub:
        hub.create_repo(name, private=private, exist_ok=True)
        hub.upload_folder(repo_id=name, folder_path=folder, ignore_patterns=[".lock"])


@contextmanager
def _hub(name: str, kind: Literal["dataset", "model"], private: bool, finished: Path) -> "Iterator[HfApi]":
    """The hub's client, once it is sure that nothing becomes public by accident."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    hub = HfApi()
    try:
        try:
            # What is pushed to a place that exists gets its visibility, whatever is said.
            exposed = private and not hub.repo_info(name, repo_type=kind).private
        except RepositoryNotFoundError:
            exposed = False
        if exposed:
            raise UsageError(
                f"--push-to-hub {name}: a public {kind} of this name exists; take another, or say --public"
            )
        yield hub
    except UsageError:
        raise
    except Exception as error:  # the hub's client raises a dozen kinds
        raise RunError(
            f"--push-to-hub {name}: {with_reason(error)}; what was made is finished: {finished}"
        ) from error
