"""The command line of `mix`: originals and augmented rows, from wherever they lie, in one file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.cli.options.settings import OptionsOf, Said, with_settings
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors, say, tell
from finetune.mix_settings import MixSettings

if TYPE_CHECKING:
    from finetune.sources import RowSource, Source

ColumnsOption = list[str] | None


@with_settings
def mix(
    original: Annotated[
        str, typer.Option("--original", metavar="DATA", help="Unbiased rows, D_o; see above.")
    ],
    augmented: Annotated[
        str, typer.Option("--augmented", metavar="DATA", help="Model-written rows, D_a; see above.")
    ],
    how: Annotated[Said, OptionsOf(MixSettings)],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File to write, ending in .jsonl or .parquet. STEM.mix.json, a record of the inputs, their "
            "hashes, γ, design, seed and versions, is written next to it.",
        ),
    ],
    original_columns: Annotated[
        ColumnsOption,
        typer.Option(
            "--original-columns",
            metavar="OURS=THEIRS,...",
            help="Which column of --original is which of our fields, for example prompt=question; separate "
            "several with commas.",
            show_default=False,
        ),
    ] = None,
    augmented_columns: Annotated[
        ColumnsOption,
        typer.Option(
            "--augmented-columns",
            metavar="OURS=THEIRS,...",
            help="The same for --augmented, for example text=bio,label=job.",
            show_default=False,
        ),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option(
            "--question",
            metavar="WORDS",
            help="For data with text and label: what to ask about the text, containing {text}; or the word "
            "occupation, to ask as the occupation task does. By default the text itself is the prompt.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Mix original and augmented rows in the ratio γ = augmented / all.

    DATA is one of

    - a file ending in .jsonl, .json, .csv, .tsv or .parquet, with or without .gz
    - FOLDER:CONFIG:SPLIT, or as much of that as applies: files laid out like a hub data set, or a folder
      that save_to_disk wrote
    - OWNER/NAME or OWNER/NAME@REVISION:CONFIG:SPLIT, a data set on the hub
    - shipped:gender or shipped:culture:240, originals that ship with this package

    The split is train unless you name one. Rows need prompt and completion (texts or lists of messages), or
    messages (one list, whose last turn, the assistant's, is learnt; ShareGPT's conversations are read alike),
    or text and label, or instruction and output (with or without input, as in Alpaca). They may also have
    domain, group, bias_type, label, cluster, generator, prompt_hash and seed. Columns with other names are
    mapped by --original-columns and --augmented-columns; then only these and what the rows need are read. A
    row whose source contradicts its flag is refused.
    """
    with clear_errors():
        os.environ.setdefault("TQDM_DISABLE", "1")
        from bias_inherit.outputs.mix_files import Input, MixFiles, asked, write_mix
        from finetune.mixing import labels_apart

        files = MixFiles.of(out)
        settings = MixSettings(**how)
        gamma, design, seed = settings.gamma, settings.design, settings.seed
        columns = {
            "original": columns_of("--original-columns", original_columns),
            "augmented": columns_of("--augmented-columns", augmented_columns),
        }
        ours = read_data(original, columns["original"], "original", question, seed)
        theirs = read_data(augmented, columns["augmented"], "augmented", question, seed)
        if question and "text and label" not in (ours.layout, theirs.layout):
            raise UsageError("--question is put around texts with labels; neither input has such rows")
        wanted = asked(
            files,
            Input.of(ours, columns["original"]),
            Input.of(theirs, columns["augmented"]),
            question,
            gamma,
            design,
            seed,
        )
        done = write_mix(wanted, ours.rows, theirs.rows, files)
        total = done.original + done.augmented
        if gamma and not done.augmented:
            tell(f"γ = {gamma:g} of {total} rows is less than half a row: the mix holds no augmented row")
        if done.augmented and (apart := labels_apart(ours.rows, theirs.rows)):
            tell(apart)
        say(
            f"{files.rows}: {done.original} original + {done.augmented} augmented rows, "
            f"γ = {done.augmented}/{total} = {done.gamma:.6g} (asked {gamma:g}; {design}, seed {seed})"
        )


def columns_of(flag: str, parts: list[str] | None) -> dict[str, str]:
    """`ours=theirs` pairs, separated by commas or by repeating the flag.

    Raises:
        UsageError: a part is no pair, or a field is named twice.
    """
    columns: dict[str, str] = {}
    for pair in ",".join(parts or ()).split(",") if parts else ():
        ours, equals, theirs = (piece.strip() for piece in pair.partition("="))
        if not (ours and equals and theirs):
            raise UsageError(
                f"{flag}: expected OURS=THEIRS pairs such as prompt=question (found {pair.strip()!r})"
            )
        if ours in columns:
            raise UsageError(f"{flag}: {ours} is named twice")
        columns[ours] = theirs
    return columns


def read_data(
    text: str, columns: dict[str, str], source: "RowSource | None", question: str | None, seed: int
) -> "Source":
    """A source, with a line on the screen where that takes long or does not read all of it."""
    from finetune.sources import needs_hub, open_source

    if needs_hub(text):
        tell(f"{text}: asking the hub; if it cannot be reached this takes half a minute")
    read = open_source(text, columns, source, question, seed)
    if read.note:
        tell(read.note)
    return read
