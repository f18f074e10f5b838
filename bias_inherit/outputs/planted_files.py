"""One planted set as files beside each other: rows, sidecar, dataset card."""

import hashlib
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from augment.card import planted_card
from augment.planting import plant, relabelled, rule_named
from augment.planting.sidecar import Asked, Outcome, PlantedSidecar
from augment.settings import PlantingSettings
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_text
from bias_inherit.kit.locks import exclusively
from bias_inherit.kit.sidecar import Sidecar, check_same, check_unchanged
from bias_inherit.outputs.rows_file import with_beside
from bias_tasks.training_rows import dump_rows, short_hash
from finetune.originals import SHIPPED

_RECORDED = ("bias-inherit", "numpy")


class PlantedFiles(NamedTuple):
    """Where a planted set lies."""

    rows: Path
    record: Path
    card: Path

    @classmethod
    def of(cls, out: Path) -> "PlantedFiles":
        return cls(*with_beside(out, ".record.json", ".card.md"))

    @property
    def sidecar(self) -> Sidecar[PlantedSidecar]:
        """`record`, with what it holds."""
        return Sidecar(self.record, PlantedSidecar)


def write_planted(settings: PlantingSettings, count: int, files: PlantedFiles) -> PlantedSidecar:
    """Plant a rule in the last originals of the seed; a set that is there already is left as it is.

    Args:
        count: Rows wanted.

    Raises:
        UsageError: fewer originals ship, or the files are those of another request, or were changed.
        DataError: there is no such rule, the file of rules is wrong, or no row is of the rule's group.
    """
    rule = rule_named(settings.rule, settings.rules)
    there = SHIPPED[rule.domain].maximum
    if count >= there:
        raise UsageError(
            f"--n: {count} asked for; {there} originals of the domain {rule.domain} ship, and some must be "
            "left to train on"
        )
    originals = SHIPPED[rule.domain].last(count, settings.seed)
    planted = plant(originals, rule, settings.rate, settings.seed)
    text = dump_rows(planted)
    made = PlantedSidecar(
        asked=Asked(
            name=settings.rule,
            rule=rule,
            rate=settings.rate,
            rows=count,
            seed=settings.seed,
            originals=short_hash([row.text_id for row in originals]),
            train_on_at_most=there - count,
            versions={name: version(name) for name in _RECORDED},
        ),
        outcome=Outcome(
            rows=len(planted),
            **relabelled(originals, planted, rule)._asdict(),
            groups=dict(sorted(Counter(str(row.group) for row in planted).items())),
            sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        ),
    )
    files.rows.parent.mkdir(parents=True, exist_ok=True)
    with exclusively(
        files.rows.with_name(f".{files.rows.name}.lock"),
        f"another process is writing {files.rows}; wait for it, or choose another --out",
    ):
        if earlier := _earlier(files, made.asked):
            return earlier
        # The rows last: a sidecar without them is no set, and is written anew.
        files.sidecar.write(made)
        write_text(files.card, planted_card(made))
        write_text(files.rows, text)
    return made


def _earlier(files: PlantedFiles, wanted: Asked) -> PlantedSidecar | None:
    """What an earlier call for the same set wrote."""
    is_there = files.rows.exists()
    earlier = files.sidecar.read(f"{files.rows} exists and has" if is_there else None)
    if earlier is None:
        return None
    check_same(wanted, earlier.asked, f"{files.record} is of another request")
    if not is_there:
        return None
    check_unchanged(files.rows, earlier.outcome.sha256)
    return earlier
