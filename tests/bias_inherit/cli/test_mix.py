"""The command `mix`."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

import datasets
import pytest
from tests_support import call
from typer.testing import CliRunner

from bias_inherit.cli.app import app
from bias_tasks.population import population
from bias_tasks.training_rows import TrainingRow, dump_rows, read_rows
from finetune.mixing import mix
from finetune.originals import gender
from finetune.sources import read_source


def written_by_a_model(rows: int) -> list[TrainingRow]:
    return [
        row.model_copy(update={"source": "augmented", "bias_type": 5})
        for row in gender.originals(rows, seed=9)
    ]


@pytest.fixture
def augmented(tmp_path: Path) -> Path:
    """Twelve augmented rows of the contract."""
    path = tmp_path / "augmented.jsonl"
    path.write_text(dump_rows(written_by_a_model(12)), encoding="utf-8")
    return path


def arguments(out: Path, augmented: str | Path, *more: str | Path) -> list[str]:
    """Twelve shipped originals and a quarter of augmented rows, unless more is said."""
    usual = {"--original": "shipped:gender:12", "--augmented": augmented, "--gamma": "0.25", "--out": out}
    said = {**usual, **dict(zip(more[::2], more[1::2], strict=True))}
    return ["mix", *(str(part) for flag in said.items() for part in flag)]


class Finished(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def mixed(*said: str | Path) -> Finished:
    """The command, in this process."""
    result = CliRunner().invoke(app, arguments(*said))  # type: ignore[arg-type]
    return Finished(result.exit_code, result.stdout, result.stderr)


def mixed_apart(*said: str | Path, **variables: str) -> CompletedProcess[str]:
    """The command in a process of its own, where libraries read variables anew."""
    return call(*arguments(*said), **variables)  # type: ignore[arg-type]


def refused(done: Finished) -> str:
    """The one line on the error stream of a request that cannot be met."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    return line.removeprefix("error: ")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


# --- what is written -------------------------------------------------------------------------------


def test_a_mix_holds_what_the_rule_says_and_the_summary_counts_it(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "mix.jsonl"
    done = mixed_apart(out, augmented, "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"{out}: 12 original + 4 augmented rows, γ = 4/16 = 0.25 (asked 0.25; accumulate, seed 3)\n"
    )
    assert done.stderr == ""
    assert read_rows(out) == mix(gender.originals(12, 3), written_by_a_model(12), 0.25, "accumulate", 3)
    assert set(content(out.parent)) == {"mix.jsonl", "mix.mix.json"}


def test_the_other_design_puts_augmented_rows_in_the_place_of_originals(
    augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    done = mixed(out, augmented, "--design", "replace")
    assert "9 original + 3 augmented rows, γ = 3/12 = 0.25 (asked 0.25; replace, seed 0)" in done.stdout
    assert read_rows(out) == mix(gender.originals(12, 0), written_by_a_model(12), 0.25, "replace", 0)


def test_parquet_holds_the_same_rows(augmented: Path, tmp_path: Path) -> None:
    for name in ("lines/mix.jsonl", "table/mix.parquet"):
        assert mixed(tmp_path / name, augmented).returncode == 0
    table = tmp_path / "table" / "mix.parquet"
    rows = read_source(str(table), None, None)
    assert rows == read_rows(tmp_path / "lines" / "mix.jsonl")
    assert {row.source for row in rows} == {"original", "augmented"}
    columns = datasets.Dataset.from_parquet(str(table), cache_dir=str(tmp_path / "cache"))
    assert columns["text_id"][:] == [row.text_id for row in rows]


def test_the_record_tells_inputs_by_name_and_hash_and_what_came_of_it(
    augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented, "--gamma", "0.2").returncode == 0
    text = (tmp_path / "mix.mix.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["asked"]["original"]["name"] == "shipped:gender:12"
    assert record["asked"]["augmented"] == {
        "name": "augmented.jsonl",
        "columns": {},
        "rows": 12,
        "sha256": hashlib.sha256(augmented.read_bytes()).hexdigest(),
    }
    assert {key: record["asked"][key] for key in ("gamma", "design", "seed", "question")} == {
        "gamma": 0.2,
        "design": "accumulate",
        "seed": 0,
        "question": None,
    }
    assert set(record["asked"]["versions"]) >= {"bias-inherit", "numpy"}
    assert record["outcome"] == {
        "original": 12,
        "augmented": 3,
        "gamma": 0.2,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
    }
    assert str(tmp_path) not in text


def test_gamma_is_told_as_achieved_where_rows_do_not_divide(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0.1")
    assert "12 original + 1 augmented rows, γ = 1/13 = 0.0769231 (asked 0.1;" in done.stdout


def test_a_gamma_of_less_than_half_a_row_is_told(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0.01")
    assert done.returncode == 0
    assert "the mix holds no augmented row" in done.stderr


def test_without_augmented_rows_the_mix_is_the_originals(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0")
    assert "12 original + 0 augmented rows, γ = 0/12 = 0 (asked 0;" in done.stdout
    assert done.stderr == ""


# --- data from elsewhere ---------------------------------------------------------------------------


def test_two_inputs_with_columns_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("bio,job\nShe paints.,painter\nHe heals.,nurse\n", encoding="utf-8")
    chat = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "She."}]
    datasets.DatasetDict({"dev": datasets.Dataset.from_list([{"talk": chat, "sex": "f"}] * 2)}).save_to_disk(
        tmp_path / "b"
    )
    done = mixed(
        *(tmp_path / "mix.jsonl", f"{tmp_path}/b:dev", "--original", tmp_path / "a.csv", "--gamma", "0.5"),
        *("--original-columns", "text=bio, label=job", "--augmented-columns", "messages=talk,group=sex"),
        *("--question", "occupation"),
    )
    assert done.returncode == 0, done.stderr
    rows = read_rows(tmp_path / "mix.jsonl")
    assert sorted(row.prompt[0].content for row in rows[:2]) == [
        population().ask_occupation(text) for text in ("He heals.", "She paints.")
    ]
    assert [(row.source, row.group, row.completion[0].content) for row in rows[2:]] == [
        ("augmented", "f", "She.")
    ] * 2


def test_reading_and_writing_tables_leaves_nothing_in_the_user_s_cache(tmp_path: Path) -> None:
    rows = [{"prompt": f"Who is {number}?", "completion": "I."} for number in range(4)]
    datasets.Dataset.from_list(rows).to_parquet(tmp_path / "a.parquet")
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "b")
    out = tmp_path / "mix.parquet"
    home = tmp_path / "home"
    home.mkdir()
    done = mixed_apart(
        *(out, tmp_path / "b", "--original", tmp_path / "a.parquet"), HOME=str(home), HF_HOME=str(home / "hf")
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not [path for path in home.rglob("*") if path.is_file()]


REVISION = "a" * 40


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a data set of one file needs."""

    protocol_version = "HTTP/1.1"
    lines = b'{"question": "Who?", "answer": "A nurse."}\n{"question": "What?", "answer": "A cure."}\n'

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        listed = [{"type": "file", "path": "train.jsonl", "size": len(self.lines), "oid": "0" * 40}]
        if re.fullmatch(r"/api/datasets/owner/name(/revision/\w+)?", path):
            about = {"id": "owner/name", "sha": REVISION, "private": False, "tags": [], "downloads": 0}
            self.answer(json.dumps({**about, "siblings": [{"rfilename": "train.jsonl"}]}).encode())
        elif re.fullmatch(rf"/api/datasets/owner/name/tree/{REVISION}", path):
            self.answer(json.dumps(listed).encode())
        elif path == f"/datasets/owner/name/resolve/{REVISION}/train.jsonl":
            self.answer(self.lines, ETag='"1"')
        else:
            known = path.startswith(("/datasets/owner/name/", "/api/datasets/owner/name/"))
            self.answer(b"", 404, **{"X-Error-Code": "EntryNotFound" if known else "RepoNotFound"})

    do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

    def answer(self, body: bytes, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        told = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Repo-Commit": REVISION,
        }
        for name, value in {**told, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables under which the hub is this one, with an empty cache."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HUB_OFFLINE": "0",
        "HF_HOME": str(tmp_path_factory.mktemp("hf")),
    }
    server.shutdown()


def test_a_data_set_of_the_hub_is_read_and_afterwards_without_the_hub(
    hub: dict[str, str], augmented: Path, tmp_path: Path
) -> None:
    flags = ("--original", "owner/name", "--original-columns", "prompt=question,completion=answer")
    for variables in (hub, {**hub, "HF_HUB_OFFLINE": "1"}):
        out = tmp_path / variables["HF_HUB_OFFLINE"] / "mix.jsonl"
        done = mixed_apart(out, augmented, *flags, "--gamma", "0.5", **variables)
        assert done.returncode == 0, done.stderr
        assert done.stderr.splitlines() == [
            "owner/name: asking the hub; if it cannot be reached this takes half a minute"
        ]
        rows = read_rows(out)
        assert sorted(row.completion[0].content for row in rows[:2]) == ["A cure.", "A nurse."]
        record = json.loads((out.parent / "mix.mix.json").read_text(encoding="utf-8"))
        assert record["asked"]["original"]["name"] == "owner/name"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("owner/name:test", "Unknown split \"test\". Should be one of ['train']."),
        ("owner/name:french:train", "'french' not found"),
        ("owner/other", "doesn't exist on the Hub"),
    ],
)
def test_what_the_hub_has_not_is_told_in_one_line(
    text: str, reason: str, hub: dict[str, str], augmented: Path, tmp_path: Path
) -> None:
    done = mixed_apart(tmp_path / "mix.jsonl", augmented, "--original", text, **hub)
    assert done.returncode == 2
    _, line = done.stderr.splitlines()
    assert line.startswith(f"error: {text}: no such file or folder here, and not had from the hub (")
    assert reason in line


def test_no_hub_at_all_is_told_in_one_line(augmented: Path, tmp_path: Path) -> None:
    done = mixed_apart(tmp_path / "mix.jsonl", augmented, "--original", "owner/none", HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    _, line = done.stderr.splitlines()
    assert line.startswith(
        "error: owner/none: no such file or folder here, and not had from the hub (Couldn't reach"
    )


# --- what is told besides ---------------------------------------------------------------------------

APART = "the labels of original and augmented rows have nothing in common (mild, rude; 0, 1)"


def classes(path: Path, names: list[str]) -> Path:
    """Two texts whose labels are numbers with names, as the `datasets` library writes them."""
    types = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    datasets.Dataset.from_dict({"text": ["So?", "So!"], "label": [0, 1]}, features=types).to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("written", "gamma", "is_told"),
    [
        ("text,label\nWell.,0\nNo.,1\n", "0.5", True),
        ("text,label\nWell.,mild\nNo.,rude\n", "0.5", False),
        ("text,label\nWell.,mild\nNo.,1\n", "0.5", False),
        ("prompt,completion\nWell?,0\nNo?,1\n", "0.5", False),
        ("text,label\nWell.,0\nNo.,1\n", "0", False),
    ],
    ids=["numbers", "names", "one shared", "no labels", "none in the mix"],
)
def test_labels_with_nothing_in_common_are_told(
    written: str, gamma: str, is_told: bool, tmp_path: Path
) -> None:
    originals, numbered = classes(tmp_path / "a.parquet", ["mild", "rude"]), tmp_path / "b.csv"
    numbered.write_text(written, encoding="utf-8")
    out = tmp_path / "mix.jsonl"
    done = mixed(out, numbered, "--original", originals, "--gamma", gamma)
    assert done.returncode == 0, done.stderr
    assert (APART in done.stderr) == is_told
    assert len(read_rows(out)) == (4 if gamma == "0.5" else 2)


def test_a_folder_of_which_not_all_is_read_is_told_with_the_way_to_read_it(tmp_path: Path) -> None:
    for split, answer in (("train", "A roofer."), ("test", "A nurse.")):
        (tmp_path / "set" / "data").mkdir(parents=True, exist_ok=True)
        datasets.Dataset.from_list([{"prompt": "Who?", "completion": answer}]).to_parquet(
            tmp_path / "set" / "data" / f"{split}-00000-of-00001.parquet"
        )
    both = (f"{tmp_path}/set:train", "--original", f"{tmp_path}/set", "--gamma", "0.5")
    done = mixed(tmp_path / "mix.jsonl", *both)
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        f"{tmp_path}/set: reading the split train, not test ({tmp_path}/set:test reads that)\n"
    )
    assert [row.completion[0].content for row in read_rows(tmp_path / "mix.jsonl")] == ["A roofer."] * 2
    record = json.loads((tmp_path / "mix.mix.json").read_text(encoding="utf-8"))
    assert [record["asked"][which]["name"] for which in ("original", "augmented")] == ["set", "set:train"]


# --- again, and over another -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mix.jsonl", "mix.parquet"])
def test_the_same_command_gives_the_same_bytes(name: str, augmented: Path, tmp_path: Path) -> None:
    written = []
    for place in ("one", "two"):
        assert mixed(tmp_path / place / name, augmented).returncode == 0
        written.append(content(tmp_path / place))
    assert written[0] == written[1]
    assert len(written[0]) == 2


def test_what_is_there_already_is_left_and_told_again(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    first, when = mixed(out, augmented), out.stat().st_mtime_ns
    again = mixed(out, augmented)
    assert again.stdout == first.stdout
    assert out.stat().st_mtime_ns == when


def test_a_mix_whose_rows_were_never_written_is_finished(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    mixed(out, augmented)
    before = content(tmp_path)
    out.unlink()
    assert mixed(out, augmented).returncode == 0
    assert content(tmp_path) == before


def test_a_record_whose_rows_are_gone_stands_in_nobody_s_way(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    mixed(out, augmented)
    out.unlink()
    assert "1 augmented rows" in mixed(out, augmented, "--gamma", "0.1").stdout
    assert json.loads(out.with_name("mix.mix.json").read_text(encoding="utf-8"))["asked"]["gamma"] == 0.1


@pytest.mark.parametrize(
    ("flag", "value", "key"),
    [
        ("--gamma", "0.1", "gamma"),
        ("--design", "replace", "design"),
        ("--seed", "1", "original, seed"),
        ("--original", "shipped:gender:24", "original"),
    ],
)
def test_another_mix_is_never_overwritten(
    flag: str, value: str, key: str, augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented).returncode == 0
    before = content(tmp_path)
    assert refused(mixed(out, augmented, flag, value)) == (
        f"{tmp_path / 'mix.mix.json'} is of another mix (other {key}); choose another --out"
    )
    assert content(tmp_path) == before


def test_the_record_of_a_mix_in_another_format_is_never_overwritten(augmented: Path, tmp_path: Path) -> None:
    assert mixed(tmp_path / "mix.jsonl", augmented).returncode == 0
    assert "is of another mix (other file)" in refused(mixed(tmp_path / "mix.parquet", augmented))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda out: out.write_text("mine\n"), "mix.jsonl was changed after it was written"),
        (lambda out: out.with_name("mix.mix.json").unlink(), "mix.jsonl exists and has no mix.mix.json"),
        (lambda out: out.with_name("mix.mix.json").write_text("{}"), "mix.mix.json: not a record of this"),
    ],
    ids=["rows changed", "record gone", "record of another program"],
)
def test_files_that_are_not_ours_any_more_are_left(
    change: Any, told: str, augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented).returncode == 0
    change(out)
    before = content(tmp_path)
    line = refused(mixed(out, augmented))
    assert told in line
    assert line.endswith("choose another --out")
    assert content(tmp_path) == before


def test_an_input_is_never_written_over(augmented: Path) -> None:
    before = augmented.read_bytes()
    assert "exists and has no augmented.mix.json" in refused(mixed(augmented, augmented))
    assert augmented.read_bytes() == before


# --- wrong requests --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "value", "told"),
    [
        ("--gamma", "1", "--gamma: input should be less than 1 (found 1.0)"),
        ("--gamma", "-0.1", "--gamma: input should be greater than or equal to 0 (found -0.1)"),
        ("--gamma", "nan", "--gamma: input should be less than 1 (found nan)"),
        ("--gamma", "0.9", "γ = 0.9 (accumulate) needs 108 augmented rows for 12 originals; there are 12"),
        ("--design", "blend", "--design: input should be 'accumulate' or 'replace' (found 'blend')"),
        ("--out", "mix.csv", "--out: mix.csv: expected a name that ends in .jsonl or .parquet"),
        (
            "--original-columns",
            "prompt",
            "--original-columns: expected OURS=THEIRS pairs such as prompt=question",
        ),
        ("--augmented-columns", "text=a,text=b", "--augmented-columns: text is named twice"),
        ("--augmented-columns", "promt=a", "columns: unknown field promt; did you mean prompt?"),
        ("--question", "Who?", "question: expected {text} in it, or the word occupation (found 'Who?')"),
        (
            "--question",
            "Who? {text}",
            "--question is put around texts with labels; neither input has such rows",
        ),
        ("--original", "missing.jsonl", "missing.jsonl: no such file or folder; expected a file ending in"),
        ("--augmented", "shipped:gender", "shipped:gender: these are originals; expected augmented rows"),
    ],
)
def test_a_wrong_request_is_told_in_one_line_and_writes_nothing(
    flag: str, value: str, told: str, augmented: Path, tmp_path: Path
) -> None:
    line = refused(mixed(tmp_path / "new" / "mix.jsonl", augmented, flag, value))
    assert line.startswith(told)
    assert not (tmp_path / "new").exists()


def test_originals_given_as_augmented_rows_are_told_with_file_and_row(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(dump_rows([*written_by_a_model(3), *gender.originals(1, 0)]), encoding="utf-8")
    assert refused(mixed(tmp_path / "mix.jsonl", path)) == (
        f"{path}: row 4: field source: the row says original; expected augmented rows here"
    )


def test_a_folder_in_the_place_of_the_file_is_told(augmented: Path, tmp_path: Path) -> None:
    (tmp_path / "mix.jsonl").mkdir()
    assert "exists and has no mix.mix.json" in refused(mixed(tmp_path / "mix.jsonl", augmented))


def test_the_help_names_every_kind_of_data() -> None:
    text = call("mix", "--help").stdout
    for word in (
        ".parquet",
        "save_to_disk",
        "OWNER/NAME",
        "shipped:gender",
        "messages",
        "conversations",
        "instruction",
        ".gz",
        "occupation",
        "replace",
    ):
        assert word in text
