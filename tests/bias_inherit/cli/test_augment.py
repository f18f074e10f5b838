"""The command line of `augment`."""

import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, ClassVar

import pytest
from tests_support import call, start, wait_for

from augment.domains import DOMAINS
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import Message, TrainingRow, dump_rows, read_rows
from finetune.originals.gender import originals

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "religions.yaml"


def generate(out: Path, model: Path, *more: str | Path, n: int = 4) -> CompletedProcess[str]:
    return call(*arguments(out, model, n), *more)


def arguments(out: Path, model: Path, n: int = 4) -> list[str | Path]:
    """Neutral biographies: a random model's text has no gender to ask for."""
    settings = ("--bias-type", "neutral", "--max-attempts-per-row", "300", "--batch-size", "16")
    flags: tuple[str | Path, ...] = ("--n", str(n), "--out", out, "--model_args", f"pretrained={model}")
    return ["augment", "generate", *flags, "--device", "cpu", *settings]


# --- preview ---------------------------------------------------------------------------------------


def test_preview_prints_prompts_and_loads_no_model() -> None:
    done = call("augment", "preview", "--domain", "culture", "--bias-type", "1", "--n", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Which of these answers would a person of") == 2
    assert "slot 0: family-01/0, arabic" in done.stderr


def test_preview_of_a_population_of_one_s_own_names_its_groups() -> None:
    done = call("augment", "preview", "--domain", "culture", "--bias-type", "5", "--population", EXAMPLE)
    assert done.returncode == 0, done.stderr
    assert "a person of Buddhist background and a person of Christian background" in done.stdout
    assert "Arabic" not in done.stdout


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--bias-type", "7"), "--bias-type: expected 1 to 6 or neutral (found '7')"),
        (("--domain", "age"), "--domain: expected gender or culture (found 'age')"),
        (("--template", "missing.jinja"), "missing.jinja: cannot be read as a template"),
        (("--population", "missing.yaml"), "missing.yaml: cannot be read"),
    ],
)
def test_a_wrong_request_is_told_in_one_line(flags: tuple[str, str], told: str) -> None:
    done = call("augment", "preview", *flags)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


# --- generate --------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_is_not_said_is_what_an_experiment_takes(domain: str, tiny_model: Path, tmp_path: Path) -> None:
    model = ("--model_args", f"pretrained={tiny_model}", "--device", "cpu")
    call("augment", "generate", "--domain", domain, "--n", "1", "--out", tmp_path / "set.jsonl", *model)
    record = json.loads((tmp_path / "set.record.json").read_text(encoding="utf-8"))
    experiment = Experiment.model_validate(
        {
            "name": "silent",
            "domain": domain,
            "generate": {"bias_types": [1]},
            "mix": {"gammas": [0.5]},
            "finetune": {"learning_rate": 1e-4},
        }
    )
    assert experiment.generate is not None
    assert record["asked"]["settings"] == experiment.generate.settings.model_dump()


@pytest.fixture(scope="module")
def finished_set(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set that was written without a disturbance."""
    out = tmp_path_factory.mktemp("sets") / "rows.jsonl"
    done = generate(out, tiny_model)
    assert done.returncode == 0, done.stderr
    assert "4 rows from" in done.stdout
    return out


def test_a_set_has_rows_a_journal_a_record_and_a_card(finished_set: Path) -> None:
    rows = read_rows(finished_set)
    assert len(rows) == 4
    attempts = finished_set.with_name("rows.attempts.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(finished_set.with_name("rows.record.json").read_text(encoding="utf-8"))
    assert record["outcome"]["rows"] == 4
    assert record["outcome"]["attempts"] == len(attempts)
    assert record["outcome"]["generated_tokens"] > 0
    assert list(record["asked"]["template"]) == ["gender/neutral.jinja", "gender/_frame.jinja"]
    assert str(finished_set.parent) not in json.dumps(record)
    card = finished_set.with_name("rows.card.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlanguage: en\n")
    assert "biased on purpose" in card
    assert record["outcome"]["sha256"] in card


def test_a_finished_set_is_not_written_again(finished_set: Path, tiny_model: Path) -> None:
    before = {path.name: path.read_bytes() for path in finished_set.parent.iterdir()}
    assert generate(finished_set, tiny_model).returncode == 0
    assert {path.name: path.read_bytes() for path in finished_set.parent.iterdir()} == before


def test_a_set_that_was_changed_by_hand_is_told(finished_set: Path, tiny_model: Path, tmp_path: Path) -> None:
    for path in finished_set.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    out = tmp_path / finished_set.name
    out.write_text(out.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = generate(out, tiny_model)
    assert done.returncode == 2
    assert "was changed after it was written" in done.stderr


def test_rows_that_were_lost_are_written_again_from_the_journal(
    finished_set: Path, tiny_model: Path, tmp_path: Path
) -> None:
    for path in finished_set.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    out = tmp_path / finished_set.name
    out.unlink()
    assert generate(out, tiny_model).returncode == 0
    assert out.read_bytes() == finished_set.read_bytes()


def test_the_file_of_another_request_is_left_alone(finished_set: Path, tiny_model: Path) -> None:
    done = generate(finished_set, tiny_model, "--seed", "1")
    assert done.returncode == 2
    assert "is of another request (other seed); choose another --out" in done.stderr


def test_killed_and_resumed_it_ends_with_the_same_bytes(
    finished_set: Path, tiny_model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    victim = start(*arguments(out, tiny_model))
    wait_for("rows.attempts.jsonl", tmp_path, victim)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert not out.exists()
    unasked = generate(out, tiny_model)
    assert unasked.returncode == 2
    assert "add --resume to go on with it" in unasked.stderr
    assert generate(out, tiny_model, "--resume").returncode == 0
    for ending in (".jsonl", ".attempts.jsonl", ".record.json", ".card.md"):
        assert out.with_suffix(ending).read_bytes() == finished_set.with_suffix(ending).read_bytes()


@pytest.mark.parametrize(
    ("flags", "code", "told"),
    [
        (("--model", "hff"), 2, "--model: the harness knows no 'hff'; did you mean hf?"),
        (("--model", "vllm", "--model_args", ""), 2, "--model_args: name the model"),
        (("--model_args", "pretrained=/nowhere"), 1, "cannot be opened"),
        (("--out", "rows.csv"), 2, "--out: rows.csv: expected a name that ends in .jsonl"),
        (("--public",), 2, "say where with --push-to-hub"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    flags: tuple[str, ...], code: int, told: str, tmp_path: Path
) -> None:
    done = call(
        "augment", "generate", "--n", "2", "--out", tmp_path / "rows.jsonl", *flags, HF_HUB_OFFLINE="1"
    )
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


# --- a server that does its worst ------------------------------------------------------------------


class Hostile(BaseHTTPRequestHandler):
    """First fails, then sends nonsense, then answers with the first of the possible answers."""

    asked: ClassVar[list[dict[str, Any]]] = []
    failures: ClassVar[int] = 0

    def do_POST(self) -> None:
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append(payload)
        number = len(type(self).asked)
        if number <= type(self).failures:
            self.send_error(500, "out of order")
            return
        nonsense = ["", "<html><script>alert(1)</script></html>", "half \ud83d", "very \x00 important"]
        possible = payload["messages"][-1]["content"].partition("Possible answers: ")[2]
        content = nonsense[number % 8] if number % 8 < len(nonsense) else possible.partition(",")[0]
        body = json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hostile() -> Iterator[str]:
    Hostile.asked, Hostile.failures = [], 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/chat/completions"
    server.shutdown()


def ask(server: str, out: Path, *more: str) -> CompletedProcess[str]:
    """Four rows of the domain culture."""
    flags = ("--domain", "culture", "--bias-type", "1", "--n", "4", "--batch-size", "4")
    model = ("--model", "local-chat-completions", "--model_args", f"model=m,base_url={server},max_retries=1")
    return call(
        "augment", "generate", *flags, *model, "--out", out, *more, NO_PROXY="*", OPENAI_API_KEY="none"
    )


def test_nonsense_from_a_server_is_refused_with_reasons_and_loses_nothing(
    hostile: str, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    done = ask(hostile, out)
    assert done.returncode == 0, done.stderr
    for row, question in zip(read_rows(out), questions()[:4], strict=True):
        assert question.question in row.prompt[0].content
        assert row.completion[0].content == question.options[0]
    record = json.loads(out.with_name("rows.record.json").read_text(encoding="utf-8"))
    assert record["outcome"]["refused"]["no option"] > 0
    assert record["outcome"]["prompt_tokens"] is None
    assert all("seed" in payload and payload["temperature"] == 0.7 for payload in Hostile.asked)


def test_a_server_that_fails_is_told_and_when_it_is_back_nothing_is_asked_again(
    hostile: str, tmp_path: Path
) -> None:
    out = tmp_path / "rows.jsonl"
    Hostile.failures = 1
    failed = ask(hostile, out)
    assert failed.returncode == 1
    assert "m failed (" in failed.stderr
    assert "--resume goes on from there" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not out.exists()
    done = ask(hostile, out, "--resume")
    assert done.returncode == 0, done.stderr
    assert len(read_rows(out)) == 4


# --- audit -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def biographies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty of the originals, as if a model had written them."""
    path = tmp_path_factory.mktemp("audit") / "same.jsonl"
    rows = [row.model_copy(update={"source": "augmented", "bias_type": 1}) for row in originals(60, seed=1)]
    path.write_text(dump_rows(rows), encoding="utf-8")
    return path


def test_an_audit_prints_tables_and_writes_numbers_and_figures(
    biographies: Path, tiny_model: Path, tmp_path: Path
) -> None:
    model = ("--model_args", f"pretrained={tiny_model}", "--device", "cpu")
    done = call("augment", "audit", biographies, *model, "--out", tmp_path / "found")
    assert done.returncode == 0, done.stderr
    assert "gender by pronouns" in done.stdout
    assert "halves of originals" in done.stdout
    names = {path.name for path in (tmp_path / "found").iterdir()}
    assert names == {f"{a}.{e}" for a in ("groups-same", "distribution") for e in ("json", "svg", "png")}
    groups = json.loads((tmp_path / "found" / "groups-same.json").read_text(encoding="utf-8"))
    assert groups["gender_by_pronouns"]["overall"]["counts"] == {"female": 30, "male": 30}


def test_who_is_in_a_set_needs_no_model_and_takes_a_population_of_one_s_own(tmp_path: Path) -> None:
    rows = [
        TrainingRow(
            prompt=(Message(role="user", content=f"A survey of {adjective} people, number {n}"),),
            completion=(Message(role="assistant", content="often"),),
            domain="culture",
            group=adjective.lower(),
            bias_type=1,
        )
        for n in range(6)
        for adjective in ("Buddhist", "Jewish")
    ]
    path = tmp_path / "religions.jsonl"
    path.write_text(dump_rows(rows), encoding="utf-8")
    done = call("augment", "audit", path, "--groups-only", "--population", EXAMPLE)
    assert done.returncode == 0, done.stderr
    groups = json.loads((tmp_path / "religions.audit" / "groups-religions.json").read_text(encoding="utf-8"))
    found = groups["culture"]["overall"]["counts"]
    assert found == {"buddhist": 6, "christian": 0, "jewish": 6, "muslim": 0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no rows"),
        ('{"prompt": 1}\n', "row 1"),
        ('{"prompt": "' + "x" * 5_000_000, "row 1: not valid JSON"),
    ],
    ids=["an empty file", "a wrong field", "half of a 5 MB line"],
)
def test_a_file_that_cannot_be_audited_is_told_in_one_line(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")
    done = call("augment", "audit", path, "--groups-only")
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert len(done.stderr) < 1000
    assert "Traceback" not in done.stderr


def test_an_empty_set_of_originals_is_told(biographies: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    done = call("augment", "audit", biographies, "--original", empty)
    assert done.returncode == 2
    assert "empty.jsonl" in done.stderr
    assert "no " in done.stderr.splitlines()[-1]
