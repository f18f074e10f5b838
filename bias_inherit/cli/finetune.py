"""The command line of `finetune`: one LoRA adapter on one set of rows."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bias_inherit.cli.mix import ColumnsOption, columns_of, read_data
from bias_inherit.cli.options.settings import OptionsOf, Said, with_settings
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import clear_errors, progress, say, tell
from bias_inherit.kit.user_input import read_mapping, validated
from bias_inherit.models.embedded import EMBEDDED
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.processes import is_first
from finetune.alignment import AlignmentSettings
from finetune.mitigations import MaskSettings, TokenSettings
from finetune.settings import TrainingSettings

if TYPE_CHECKING:
    from bias_tasks.training_rows import TrainingRow
    from finetune.mitigations import MitigationSettings


_OF_THE_PRESET = ("learning_rate", "epochs", "batch_size")
TrainingOptions = Annotated[
    Said,
    OptionsOf(
        TrainingSettings,
        only=_OF_THE_PRESET,
        flags={"batch_size": ("--batch_size", "--batch-size")},
        otherwise=dict.fromkeys(_OF_THE_PRESET, "the preset's"),
        panel="Training",
    ),
]
BaseOptions = Annotated[
    Said,
    OptionsOf(
        ModelSection,
        only=("pretrained", "dtype", "load_in_4bit", "device"),
        flags={"pretrained": ("--model",), "load_in_4bit": ("--load-in-4bit",)},
        panel="Base",
    ),
]


@with_settings
def finetune(
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="Rows to train on: what `mix` wrote, or anything that it reads."),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the adapter and, until it is done, its checkpoints.")
    ],
    base: BaseOptions,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            rich_help_panel="Training",
            help="Shipped settings: embedded, paper-gender, paper-culture, paper-culture-arabic. By default "
            "embedded for the embedded model; any other needs --preset, --settings or --learning-rate.",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            rich_help_panel="Training",
            help="YAML file with training settings, like the finetune section of an experiment file; the "
            "preset supplies what it leaves out.",
            show_default=False,
        ),
    ] = None,
    training: TrainingOptions,
    mitigation: Annotated[
        list[str] | None,
        typer.Option(
            "--mitigation",
            rich_help_panel="Mitigations",
            help="token, mask or loss, on augmented rows; repeat the flag to combine several.",
            show_default=False,
        ),
    ] = None,
    token: Annotated[Said, OptionsOf(TokenSettings, prefix="token", panel="Mitigations")],
    mask: Annotated[Said, OptionsOf(MaskSettings, prefix="mask", panel="Mitigations")],
    loss: Annotated[Said, OptionsOf(AlignmentSettings, prefix="loss", panel="Mitigations")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed for initial weights and row order.")] = 0,
    columns: Annotated[
        ColumnsOption,
        typer.Option("--columns", metavar="OURS=THEIRS,...", help="As in mix.", show_default=False),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", metavar="WORDS", help="As in mix.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print what would be trained on and what masked; load no model."),
    ] = False,
    push_to_hub: Annotated[
        str | None,
        typer.Option(
            "--push-to-hub", help="Upload the adapter to this hub model, as private.", show_default=False
        ),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="With --push-to-hub: as public.")] = False,
) -> None:
    """Fine-tune a LoRA adapter, with the loss on completions only.

    If interrupted (even killed), the same command continues from the last checkpoint and ends with the same
    weights. For several GPUs, start it with accelerate launch.
    """
    with clear_errors():
        if public and not push_to_hub:
            raise UsageError("--public says how to upload; say where with --push-to-hub")
        os.environ.setdefault("TQDM_DISABLE", "1")
        from finetune.mixing import labels_apart_in

        model = base.get("pretrained", EMBEDDED)
        how = _settings(model, preset, settings, training)
        against = _mitigation(mitigation or [], {"token": token, "mask": mask, "loss": loss})
        rows = read_data(data, columns_of("--columns", columns), None, question, seed).rows
        if apart := labels_apart_in(rows):
            tell(apart)
        if dry_run:
            _say_what_would_be_trained(rows, how, against)
            return
        from bias_inherit.outputs.fine_tune import fine_tune

        section = ModelSection(**base)
        with progress("training") as bar:
            done = fine_tune(section, rows, how, against, seed, data, out, bar)
        if not is_first():
            return
        say(done)
        say(f"adapter: {out}")
        if push_to_hub:
            from bias_inherit.outputs.push_to_hub import push_adapter

            push_adapter(out, push_to_hub, private=not public)
            say(f"uploaded to {push_to_hub} ({'public' if public else 'private'})")


def _settings(model: str, preset: str | None, file: Path | None, given: dict[str, Any]) -> "TrainingSettings":
    """The preset, over it the file, over that the flags."""
    fields: dict[str, Any] = {}
    if preset is None and model == EMBEDDED and file is None:
        preset = EMBEDDED
    if preset is not None:
        fields["preset"] = preset
    if file is not None:
        fields |= read_mapping(file, TrainingSettings.model_fields)
    fields |= given
    if "preset" not in fields and "learning_rate" not in fields:
        raise UsageError(
            f"{model} has no settings of its own: say --preset (paper-gender, ...), --settings FILE, or at "
            "least --learning-rate"
        )
    return validated(TrainingSettings, fields, f"{file}: " if file else "")


def _mitigation(methods: list[str], options: dict[str, Said]) -> "MitigationSettings":
    """The mitigations asked for; an option of one that was not is an error."""
    from finetune.mitigations import MitigationSettings

    if unknown := [method for method in methods if method not in options]:
        raise UsageError(f"--mitigation: expected {', '.join(options)} (found {unknown[0]!r})")
    for name, fields in options.items():
        if fields and name not in methods:
            raise UsageError(f"--{name}-{next(iter(fields))} is for --mitigation {name}, which was not said")
    return validated(MitigationSettings, {name: options[name] for name in methods}, "--mitigation ")


def _say_what_would_be_trained(
    rows: list["TrainingRow"], settings: "TrainingSettings", mitigation: "MitigationSettings"
) -> None:
    from bias_tasks.population import population
    from finetune.mitigations import mitigate

    mitigated = mitigate(rows, mitigation, population())
    written = [
        (before, after)
        for before, after in zip(rows, mitigated.rows, strict=True)
        if before.source == "augmented"
    ]
    steps = settings.epochs * -(-len(rows) // (settings.batch_size * settings.gradient_accumulation))
    of_each = f"{counted(len(rows) - len(written), 'original')}, {counted(len(written), 'augmented row')}"
    say(f"{of_each}: {counted(steps, 'step')} on one device")
    say(f"mitigation: {mitigation.label}")
    if mitigation.mask:
        masked = ", ".join(f"{name} {count}" for name, count in mitigated.counts.items())
        say(f"masked: {masked or 'nothing'}")
    changed = [(before, after) for before, after in written if before != after]
    say(f"changed: {len(changed)} of {len(written)} augmented rows")
    for before, after in changed[:3]:
        say(f"- {_text(before)}")
        say(f"+ {_text(after)}")


def _text(row: "TrainingRow") -> str:
    return " | ".join(message.content for message in (*row.prompt, *row.completion)).replace("\n", " ")
