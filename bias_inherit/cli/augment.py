"""The command line of `augment`: look at prompts, let a model write rows, audit them."""

import os
from itertools import islice
from pathlib import Path
from typing import Annotated, Optional

import typer

from augment.settings import MAX_NEW_TOKENS, GenerationSettings, settings_for
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors, console, progress, say, tell

_SETTINGS = GenerationSettings.model_fields

augment_app = typer.Typer(
    no_args_is_help=True,
    help="Let a model write training data on purpose with its biases, and look at what it wrote.",
)

DomainOption = Annotated[
    str, typer.Option("--domain", help="gender (biographies) or culture (survey answers).")
]
BiasTypeOption = Annotated[
    str,
    typer.Option(
        "--bias-type",
        help="neutral, or contextual: 1 single explicit, 2 single implicit, 3 intersectional explicit, "
        "4 intersectional implicit; or contrastive: 5 explicit, 6 implicit.",
    ),
]
TemplateOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--template",
        help="Your own Jinja2 template instead of ours. Variables: people (one or two, each with name, "
        "gender, noun, plural, adjective, age, birth_year, culture); domain gender: "
        "occupation; culture: question, options. It may extend ours, for example gender/_frame.jinja.",
        show_default=False,
    ),
]
PopulationOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--population",
        help="Your own groups, names and occupations, in the form of bias_tasks/population.yaml.",
        show_default=False,
    ),
]
ModelArgsOption = Annotated[
    str,
    typer.Option(
        "--model_args", "--model-args", help="As for lm_eval. Without them hf is the embedded model."
    ),
]
DeviceOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--device", help="As for lm_eval, for example cpu or cuda:0.", show_default=False),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Who is asked about, and what is drawn.")]


@augment_app.command()
def preview(
    domain: DomainOption = "gender",
    bias_type: BiasTypeOption = "1",
    n: Annotated[int, typer.Option("--n", min=1, help="Prompts to print.")] = 3,
    seed: SeedOption = 0,
    template: TemplateOption = None,
    population: PopulationOption = None,
) -> None:
    """Print the first prompts as a generator would get them; no model is loaded."""
    with clear_errors():
        from bias_inherit.outputs.set_files import bias_type_of, known_domain, request_of

        kind = bias_type_of(bias_type)
        rows = n * kind.members
        settings = settings_for(known_domain(domain))
        request = request_of(domain, kind, template, population, "", rows, settings, seed)
        for slot in islice(request.slots(), n):
            asked = " and ".join(slot.groups) if kind.number else "nobody in particular"
            tell(f"--- slot {slot.number}: {slot.subject}, {asked}")
            say(request.prompt(slot, 0))


@augment_app.command()
def generate(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File of rows, ending in .jsonl. Beside it come the journal of attempts, a record of all "
            "that decides the set, and a dataset card.",
        ),
    ],
    n: Annotated[int, typer.Option("--n", min=1, help="Rows wanted; only accepted rows count.")],
    domain: DomainOption = "gender",
    bias_type: BiasTypeOption = "1",
    model: Annotated[
        str,
        typer.Option(
            "--model", help="Any model of the harness, as for lm_eval: hf, vllm, local-chat-completions ..."
        ),
    ] = "hf",
    model_args: ModelArgsOption = "",
    device: DeviceOption = None,
    seed: SeedOption = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an unfinished set; nothing is asked again.")
    ] = False,
    template: TemplateOption = None,
    population: PopulationOption = None,
    batch_size: Annotated[
        int,
        typer.Option("--batch_size", "--batch-size", min=1, help="Prompts in one call; part of the result."),
    ] = _SETTINGS["batch_size"].default,
    temperature: Annotated[float, typer.Option("--temperature", min=0.01)] = _SETTINGS["temperature"].default,
    top_p: Annotated[float, typer.Option("--top-p", min=0.01, max=1.0)] = _SETTINGS["top_p"].default,
    max_new_tokens: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--max-new-tokens",
            min=4,
            help=f"For one person; by default {MAX_NEW_TOKENS['gender']} for a biography, "
            f"{MAX_NEW_TOKENS['culture']} for an answer.",
            show_default=False,
        ),
    ] = None,
    max_attempts_per_row: Annotated[
        int,
        typer.Option(
            "--max-attempts-per-row", min=1, help="Give up after this many attempts for each row wanted."
        ),
    ] = _SETTINGS["max_attempts_per_row"].default,
    chat_template: Annotated[
        bool, typer.Option(help="Ask in the model's chat template; chat APIs need it.")
    ] = _SETTINGS["chat_template"].default,
    push_to_hub: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--push-to-hub", help="Upload the finished set to this hub data set, private.", show_default=False
        ),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="With --push-to-hub: not private.")] = False,
) -> None:
    """Let a model write augmented rows until N are accepted.

    Interrupted, the same command with --resume goes on where it was.
    """
    with clear_errors():
        if public and not push_to_hub:
            raise UsageError("--public says how to upload; say where with --push-to-hub")
        os.environ.setdefault("TQDM_DISABLE", "1")
        from bias_inherit.models.generator import choose
        from bias_inherit.outputs.set_files import SetFiles, bias_type_of, known_domain, request_of, write_set

        files = SetFiles.of(out)
        room = {} if max_new_tokens is None else {"max_new_tokens": max_new_tokens}
        settings = settings_for(
            known_domain(domain),
            max_attempts_per_row=max_attempts_per_row,
            batch_size=batch_size,
            temperature=temperature,
            top_p=top_p,
            chat_template=chat_template,
            **room,
        )
        choice = choose(model, model_args)
        request = request_of(
            domain, bias_type_of(bias_type), template, population, choice.name, n, settings, seed
        )
        with progress(f"{choice.name} writes") as bar:
            result = write_set(
                request,
                choice,
                files,
                device,
                resume,
                lambda rows, attempts: bar(rows, n, f"{choice.name} writes ({attempts} attempts)"),
            )
        refused = ", ".join(f"{reason} {count}" for reason, count in result.refused.items()) or "none"
        accepted = f"{result.accepted_share:.0%} accepted; refused: {refused}"
        say(f"{result.rows} rows from {result.attempts} attempts ({accepted})")
        say(f"rows: {files.rows}")
        if push_to_hub:
            from bias_inherit.outputs.push_to_hub import push_set

            push_set(files, push_to_hub, private=not public)
            say(f"uploaded to {push_to_hub} ({'public' if public else 'private'})")


@augment_app.command()
def audit(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Augmented sets, JSON lines; each is audited by itself."),
    ],
    original: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--original",
            help="The originals to compare with; by default those that ship with the rows' domain.",
            show_default=False,
        ),
    ] = None,
    opinions: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--opinions",
            help="Real people's answers, for the audit of values: JSON lines (country, question, options, "
            "distribution) or a hub id such as Anthropic/llm_global_opinions. Without it: no such audit.",
            show_default=False,
        ),
    ] = None,
    questions: Annotated[
        int, typer.Option("--questions", min=2, help="Questions of the audit of values, drawn with the seed.")
    ] = 100,
    model: Annotated[
        str,
        typer.Option(
            "--model", help="As for lm_eval: whose values are audited, and whose last layer embeds."
        ),
    ] = "hf",
    model_args: ModelArgsOption = "",
    device: DeviceOption = None,
    encoder: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--encoder",
            help="Embed with this sentence-transformers model instead (needs sentence-transformers).",
            show_default=False,
        ),
    ] = None,
    groups_only: Annotated[
        bool, typer.Option("--groups-only", help="Only who is in the data; no model is loaded.")
    ] = False,
    population: PopulationOption = None,
    seed: SeedOption = 0,
    batch_size: Annotated[int, typer.Option("--batch_size", "--batch-size", min=1)] = 16,
    chat_template: Annotated[bool, typer.Option(help="Ask questions in the model's chat template.")] = True,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out",
            help="Folder for JSON, SVG and PNG; by default beside the first file.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Audit augmented sets: who is in them, how far off the originals they lie, a model's values.

    Each audit prints a table and writes its numbers and a figure.
    """
    with clear_errors():
        os.environ.setdefault("TQDM_DISABLE", "1")
        from bias_inherit.cli.tables import audit_table
        from bias_inherit.outputs import audit_files

        folder = out or files[0].with_name(f"{files[0].stem}.audit")
        wanted = audit_files.Wanted(
            files, original, opinions, questions, encoder, groups_only, population, seed
        )
        opened = audit_files.Opened(model, model_args, device, batch_size, chat_template)
        with progress("opening the model") as bar:
            for audited in audit_files.carry_out(wanted, opened, bar):
                folder.mkdir(parents=True, exist_ok=True)
                audit_files.keep(audited, folder)
                for table in audited.tables:
                    console.print(audit_table(table))
        say(f"numbers and figures: {folder}")
