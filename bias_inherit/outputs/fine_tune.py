"""One adapter that a user asks for: trained in its folder, gone on with, or left as it is if it is there."""

import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from bias_inherit.kit.locks import exclusively
from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import Bar, tell
from bias_inherit.kit.sidecar import check_same
from bias_inherit.models.base_model import resolve_base
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.processes import is_first
from bias_inherit.models.quiet import quieten_libraries
from bias_inherit.models.session import Session
from bias_inherit.outputs.adapter_files import RECORD
from bias_inherit.outputs.adapter_folder import Asked, asked, sidecar_of, train
from bias_tasks.training_rows import DataError, TrainingRow
from finetune.examples import ExampleError
from finetune.mitigations import MitigationSettings
from finetune.settings import TrainingSettings


def fine_tune(
    section: ModelSection,
    rows: Sequence[TrainingRow],
    settings: TrainingSettings,
    mitigation: MitigationSettings,
    seed: int,
    title: str,
    out: Path,
    bar: Bar,
) -> str:
    """Train an adapter, going on from what an interrupted call left.

    On several processes all train, and the first writes.

    Returns:
        What was done, for the user.

    Raises:
        UsageError: the folder is another adapter's, or holds something else.
        RunError: the base cannot be loaded.
        DataError: a row is too long or the model's chat template refuses it, or the base takes no adapter.
    """
    base = resolve_base(section, notify=tell)
    if Path(base.source).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    quieten_libraries()
    session = Session(base, section)
    wanted = asked(session, rows, settings, mitigation, seed, design=None)
    out.mkdir(parents=True, exist_ok=True)
    refusal = f"another process is training {out}; wait for it, or choose another --out"
    with exclusively(out / ".lock", refusal) if is_first() else nullcontext():
        if _is_there(out, wanted):
            return "the adapter is there already"
        try:
            done = train(session, rows, settings, mitigation, wanted, title, out, bar)
        except ExampleError as error:
            raise DataError(f"{title}: {error}") from error
    masked = ", ".join(f"{name} {count}" for name, count in done.masked.items())
    told = f"{counted(done.steps, 'step')}, {counted(done.tokens, 'token')}, loss {done.final_loss:.4f}"
    return f"{told}; masked: {masked}" if masked else told


def _is_there(out: Path, wanted: Asked) -> bool:
    """Whether the adapter that is wanted lies in its folder.

    Raises:
        UsageError: something else does.
    """
    # A sidecar alone is that of a request that was refused, or it is just being written (by the first of
    # several processes), or was when one was killed.
    ours = (".lock", RECORD, f".{RECORD}.part")
    made = [path.name for path in out.iterdir() if path.name not in ours]
    earlier = sidecar_of(out).read(f"{out} holds {made[0]} and" if made else None)
    if earlier is None or not made:
        return False
    check_same(wanted, earlier.asked, f"{out} is of another request")
    return earlier.outcome is not None
