"""Keep the libraries' own chatter off the screen; warnings of ours and errors stay."""

import logging
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial


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
def quiet_harness() -> Iterator[None]:
    """Keep the harness from writing past our own progress.

    It draws a bar for the requests of each task, which take no time. After every model it asks git for the
    commit of the working folder, and git writes `fatal: not a git repository` past Python's error stream.
    """
    from lm_eval import evaluator
    from lm_eval.api import task

    its_own = evaluator.get_git_commit_hash, task.tqdm
    evaluator.get_git_commit_hash, task.tqdm = _commit, partial(task.tqdm, disable=True)
    try:
        yield
    finally:
        evaluator.get_git_commit_hash, task.tqdm = its_own


def _commit() -> str | None:
    if (git := shutil.which("git")) is None:
        return None
    done = subprocess.run([git, "describe", "--always"], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() or None
