"""The command line of `augment`: look at prompts, let a model write rows, plant a rule, audit rows."""

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augment.audits.settings import AuditSettings
from augment.settings import (
    MAX_NEW_TOKENS,
    GenerationSettings,
    PlantingSettings,
    SetSettings,
    settings_for,
)
from bias_inherit.cli.options.flags import Command, Group
from bias_inherit.cli.options.settings import OptionsOf, Said, with_settings
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import clear_errors, console, progress, say, tell
from bias_inherit.models.harness_model import HarnessModel

if TYPE_CHECKING:
    from augment.request import Request

augment_app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Have a model write its biases into training data, or plant a known bias; inspect the result.",
)

_AS_LM_EVAL = {
    "model_args": ("--model_args", "--model-args"),
    "batch_size": ("--batch_size", "--batch-size"),
}
_ROOM = f"{MAX_NEW_TOKENS['gender']} for a biography, {MAX_NEW_TOKENS['culture']} for an answer"
SetOptions = Annotated[Said, OptionsOf(SetSettings, panel="What is asked for")]
GeneratorOptions = Annotated[Said, OptionsOf(HarnessModel, flags=_AS_LM_EVAL, panel="Generator")]
SamplingOptions = Annotated[
    Said,
    OptionsOf(
        GenerationSettings, flags=_AS_LM_EVAL, otherwise={"max_new_tokens": _ROOM}, panel="How it is asked"
    ),
]
PlantingOptions = Annotated[Said, OptionsOf(PlantingSettings)]
AuditOptions = Annotated[Said, OptionsOf(AuditSettings, flags=_AS_LM_EVAL)]
AuditedModelOptions = Annotated[
    Said,
    OptionsOf(
        HarnessModel,
        flags=_AS_LM_EVAL,
        words={"model": "As for lm_eval: the model whose values are audited and whose last layer embeds."},
        panel="Model",
    ),
]


@augment_app.command(cls=Command)
@with_settings
def preview(
    of: SetOptions,
    how: Annotated[Said, OptionsOf(GenerationSettings, only=("elicitation",))],
    n: Annotated[int, typer.Option("--n", min=1, help="Number of prompts.")] = 3,
) -> None:
    """Print the first prompts as a generator would get them; no model is loaded."""
    with clear_errors():
        from bias_inherit.outputs.set_files import bias_type_of, known_domain

        wanted = SetSettings(**of)
        kind = bias_type_of(wanted.bias_type)
        request = _request(wanted, "", n * kind.members, settings_for(known_domain(wanted.domain), **how))
        for slot in islice(request.slots(), n):
            asked = " and ".join(slot.groups) if kind.number else "nobody in particular"
            tell(f"--- slot {slot.number}: {slot.subject}, {asked}")
            for turn, prompt in enumerate(request.prompts(slot, 0)):
                if turn:
                    tell(f"--- slot {slot.number}, after the first answer")
                say(prompt)


def _request(wanted: SetSettings, generator: str, rows: int, settings: GenerationSettings) -> "Request":
    from bias_inherit.outputs.set_files import bias_type_of, request_of

    kind = bias_type_of(wanted.bias_type)
    people = wanted.population
    return request_of(wanted.domain, kind, wanted.template, people, generator, rows, settings, wanted.seed)


@augment_app.command(cls=Command)
@with_settings
def generate(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File of rows, ending in .jsonl. The journal of attempts, a record of all that determines "
            "the set, and a dataset card are written next to it.",
        ),
    ],
    n: Annotated[int, typer.Option("--n", min=1, help="Number of rows; only accepted rows count.")],
    of: SetOptions,
    generator: GeneratorOptions,
    sampling: SamplingOptions,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an unfinished set; nothing is asked twice.")
    ] = False,
    push_to_hub: Annotated[
        str | None,
        typer.Option(
            "--push-to-hub",
            help="Upload the finished set to this hub data set, as private.",
            show_default=False,
        ),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="With --push-to-hub: as public.")] = False,
) -> None:
    """Have a model write augmented rows until N are accepted.

    If interrupted, the same command with --resume continues where it stopped.
    """
    with clear_errors():
        if public and not push_to_hub:
            raise UsageError("--public says how to upload; say where with --push-to-hub")
        os.environ.setdefault("TQDM_DISABLE", "1")
        from bias_inherit.models.generator import choose
        from bias_inherit.outputs.set_files import SetFiles, known_domain, write_set

        files = SetFiles.of(out)
        wanted = SetSettings(**of)
        settings = settings_for(known_domain(wanted.domain), **sampling)
        opened = HarnessModel(**generator)
        choice = choose(opened.model, opened.model_args)
        request = _request(wanted, choice.name, n, settings)
        with progress(f"{choice.name} writes") as bar:
            result = write_set(
                request,
                choice,
                files,
                opened.device,
                resume,
                lambda rows, attempts: bar(rows, n, f"{choice.name} writes ({attempts} attempts)"),
            )
        refused = ", ".join(f"{reason} {count}" for reason, count in result.refused.items()) or "none"
        accepted = f"{result.accepted_share:.0%} accepted; refused: {refused}"
        say(f"{counted(result.rows, 'row')} from {counted(result.attempts, 'attempt')} ({accepted})")
        say(f"rows: {files.rows}")
        if push_to_hub:
            from bias_inherit.outputs.push_to_hub import push_set

            push_set(files, push_to_hub, private=not public)
            say(f"uploaded to {push_to_hub} ({'public' if public else 'private'})")


@augment_app.command(cls=Command)
@with_settings
def plant(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File of rows, ending in .jsonl. A record of all that determines the set and a dataset "
            "card are written next to it.",
        ),
    ],
    n: Annotated[int, typer.Option("--n", min=1, help="Number of rows.")],
    what: PlantingOptions,
) -> None:
    """Make augmented rows with a known bias in a known dose; no model is loaded.

    A rule gives the same answer to a share of one group's rows; all others keep theirs.

    The rows are the last N originals of the seed, which leaves the first ones to be trained on alongside
    them: mix --original shipped:DOMAIN:ROWS, with the same seed.
    """
    with clear_errors():
        from bias_inherit.outputs.planted_files import PlantedFiles, write_planted

        files = PlantedFiles.of(out)
        done = write_planted(PlantingSettings(**what), n, files)
        asked, came = done.asked, done.outcome
        say(
            f"{counted(came.rows, 'row')}, {came.of_group} of the group {asked.rule.group}: "
            f"{came.following} of these answer as the rule says, {came.changed} had another answer"
        )
        domain, most = asked.rule.domain, asked.train_on_at_most
        say(f"originals that are none of these: shipped:{domain}:{most} with seed {asked.seed}, or fewer")
        say(f"rows: {files.rows}")


@augment_app.command(cls=Command)
@with_settings
def audit(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Augmented sets (JSON lines); each is audited separately."),
    ],
    what: AuditOptions,
    generator: AuditedModelOptions,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for JSON, SVG and PNG; by default next to the first file.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Audit augmented sets: who is in them, how far they are from the originals, a model's values.

    Each audit prints a table and writes its numbers and a figure.
    """
    with clear_errors():
        os.environ.setdefault("TQDM_DISABLE", "1")
        from bias_inherit.cli.tables.audit import audit_table
        from bias_inherit.outputs import audit_files

        folder = out or files[0].with_name(f"{files[0].stem}.audit")
        asked, opened = AuditSettings(**what), HarnessModel(**generator)
        wanted = audit_files.Wanted(
            files,
            asked.original,
            asked.opinions,
            asked.questions,
            asked.encoder,
            asked.groups_only,
            asked.population,
            asked.seed,
        )
        how = audit_files.Opened(
            opened.model, opened.model_args, opened.device, asked.batch_size, asked.chat_template
        )
        with progress("opening the model") as bar:
            for audited in audit_files.carry_out(wanted, how, bar):
                folder.mkdir(parents=True, exist_ok=True)
                audit_files.keep(audited, folder)
                for table in audited.tables:
                    console.print(audit_table(table))
        say(f"numbers and figures: {folder}")
