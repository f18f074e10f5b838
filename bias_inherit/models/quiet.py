"""Keep the libraries' own chatter off the screen; warnings of ours and errors stay."""

import logging
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def quieten_libraries() -> None:
    """Lower the log levels of lm-eval, transformers, datasets and peft in this process."""
    import datasets
    import transformers

    for name in ("lm_eval", "lm-eval", "transformers", "peft", "accelerate", "huggingface_hub"):
        logging.getLogger(name).setLevel(logging.ERROR)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", module=r"(peft|transformers|torch|datasets|accelerate)(\..*)?")


@contextmanager
def without_gits_complaint() -> Iterator[None]:
    """Let the harness record the commit of the working folder without git's `fatal: not a git repository`.

    It asks git after every model that it scored, and git writes past Python's error stream.
    """
    from lm_eval import evaluator

    its_own = evaluator.get_git_commit_hash
    evaluator.get_git_commit_hash = _commit
    try:
        yield
    finally:
        evaluator.get_git_commit_hash = its_own


def _commit() -> str | None:
    if (git := shutil.which("git")) is None:
        return None
    done = subprocess.run([git, "describe", "--always"], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() or None
