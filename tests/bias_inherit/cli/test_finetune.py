"""The command line of `finetune`."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml
from tests_support import call, environment, start, wait_for

from bias_tasks.training_rows import Message, TrainingRow, dump_rows
from finetune.originals.gender import originals

WEIGHTS = "adapter_model.safetensors"
FILES = {
    "README.md",
    "adapter_config.json",
    WEIGHTS,
    "loss.png",
    "training.json",
    "training_log.json",
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve originals and twelve rows as if a model had written them."""
    rows = originals(24, seed=0)
    written = [
        row.model_copy(update={"source": "augmented", "bias_type": 5, "generator": "somebody"})
        for row in rows[12:]
    ]
    path = tmp_path_factory.mktemp("mixed") / "mixed.jsonl"
    path.write_text(dump_rows([*rows[:12], *written]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seconds of training, with a checkpoint at every step."""
    path = tmp_path_factory.mktemp("settings") / "settings.yaml"
    fields = {"learning_rate": 1e-3, "epochs": 4, "batch_size": 4, "max_length": 2000, "checkpoint_every": 1}
    path.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return path


def arguments(data: Path, model: Path, settings: Path, out: Path) -> list[str | Path]:
    place = ["--model", model, "--device", "cpu", "--out", out]
    return ["finetune", data, *place, "--settings", settings]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name in FILES}


@pytest.fixture(scope="module")
def trained(mixed: Path, tiny_model: Path, settings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "adapter"
    done = call(*arguments(mixed, tiny_model, settings, out))
    assert done.returncode == 0, done.stderr
    assert "24 steps" in done.stdout
    return out


def test_an_adapter_has_weights_a_log_a_record_and_a_card_with_a_warning(trained: Path) -> None:
    assert {path.name for path in trained.iterdir()} - {".lock"} == FILES
    card = (trained / "README.md").read_text(encoding="utf-8")
    assert "biased on purpose" in card
    assert "12 originals, 12 augmented: γ = 0.5" in card
    assert "| bias types | 5 |" in card
    assert "| written by | somebody |" in card
    record = json.loads((trained / "training.json").read_text(encoding="utf-8"))
    assert record["asked"]["settings"]["lora"]["rank"] == 16
    assert record["outcome"]["steps"] == 24
    assert str(trained.parent) not in card + json.dumps(record)


def test_asked_for_again_it_is_left_as_it_is(
    trained: Path, mixed: Path, tiny_model: Path, settings: Path
) -> None:
    before = files(trained)
    done = call(*arguments(mixed, tiny_model, settings, trained))
    assert done.returncode == 0, done.stderr
    assert "there already" in done.stdout
    assert files(trained) == before


def test_the_adapter_of_another_request_is_left_alone(
    trained: Path, mixed: Path, tiny_model: Path, settings: Path
) -> None:
    before = files(trained)
    done = call(*arguments(mixed, tiny_model, settings, trained), "--mitigation", "token")
    assert done.returncode == 2
    assert "is of another request (other mitigation, mitigation_label)" in done.stderr
    assert files(trained) == before


def test_killed_and_started_again_it_ends_with_the_same_bytes(
    trained: Path, mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    command = arguments(mixed, tiny_model, settings, tmp_path / "adapter")
    process = start(*command)
    wait_for("adapter/checkpoints/checkpoint-*/complete.json", tmp_path, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "adapter" / "adapter_model.safetensors").exists()
    done = call(*command)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "adapter") == files(trained)


def test_the_adapter_says_the_same_in_plain_peft_and_in_the_harness(trained: Path, tiny_model: Path) -> None:
    import torch
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    base = AutoModelForCausalLM.from_pretrained(tiny_model)
    context, answer = "Who works here?", " nurse"
    first, second = tokenizer.encode(context), tokenizer.encode(answer)

    def by_hand(model: torch.nn.Module) -> float:
        with torch.no_grad():
            logits = model(torch.tensor([first + second])).logits[0].log_softmax(-1)
        return sum(float(logits[len(first) - 1 + i, token]) for i, token in enumerate(second))

    untouched = by_hand(base)
    ours = by_hand(PeftModel.from_pretrained(base, trained).eval())
    lm = HFLM(pretrained=str(tiny_model), peft=str(trained), device="cpu", batch_size=1)
    request = Instance("loglikelihood", {}, (context, answer), 0)
    ((theirs, _),) = lm.loglikelihood([request], disable_tqdm=True)
    assert ours == pytest.approx(theirs, abs=1e-4)
    assert abs(ours - untouched) > 1e-3


def dry_run(data: Path, *more: str) -> CompletedProcess[str]:
    return call("finetune", data, "--out", "nowhere", "--preset", "paper-gender", "--dry-run", *more)


def test_a_dry_run_counts_what_would_be_masked_and_shows_it(mixed: Path) -> None:
    done = dry_run(mixed, "--mitigation", "mask", "--model", "missing/model")
    assert done.returncode == 0, done.stderr
    assert "12 originals, 12 augmented rows: 9 steps on one device" in done.stdout
    assert "masked: " in done.stdout
    assert "changed: 12 of 12 augmented rows" in done.stdout
    before, after = (
        next(line for line in done.stdout.splitlines() if line.startswith(sign)) for sign in "-+"
    )
    assert "[MASK]" not in before
    assert "[MASK]" in after


def test_without_augmented_rows_a_mitigation_changes_nothing(mixed: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.jsonl"
    alone.write_text(dump_rows(originals(12, seed=0)), encoding="utf-8")
    done = dry_run(alone, "--mitigation", "mask", "--mitigation", "token")
    assert "masked: nothing" in done.stdout
    assert "changed: 0 of 0 augmented rows" in done.stdout


def test_with_weight_0_the_adapter_is_the_plain_one_byte_for_byte(
    trained: Path, mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    done = call(
        *arguments(mixed, tiny_model, settings, tmp_path / "adapter"),
        *("--mitigation", "loss", "--loss-weight", "0"),
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "adapter" / WEIGHTS).read_bytes() == (trained / WEIGHTS).read_bytes()


def test_at_gamma_0_all_mitigations_together_give_the_plain_adapter_byte_for_byte(
    tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "alone.jsonl"
    alone.write_text(dump_rows(originals(12, seed=0)), encoding="utf-8")
    all_three = [word for method in ("token", "mask", "loss") for word in ("--mitigation", method)]
    for name, flags in (("plain", []), ("mitigated", all_three)):
        done = call(*arguments(alone, tiny_model, settings, tmp_path / name), *flags)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "mitigated" / WEIGHTS).read_bytes() == (tmp_path / "plain" / WEIGHTS).read_bytes()


def test_mitigations_together_are_recorded_and_the_alignment_is_logged_apart(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    methods = ("--mitigation", "token", "--mitigation", "loss", "--loss-weight", "0.5")
    done = call(*arguments(mixed, tiny_model, settings, tmp_path / "adapter"), *methods)
    assert done.returncode == 0, done.stderr
    log = json.loads((tmp_path / "adapter" / "training_log.json").read_text(encoding="utf-8"))
    assert len(log["losses"]) == len(log["sft_losses"]) == len(log["alignment"]) == 24
    for loss, sft, distance in zip(log["losses"], log["sft_losses"], log["alignment"], strict=True):
        assert loss == pytest.approx(sft + 0.5 * distance, rel=1e-4)
    assert "| mitigation | loss+token |" in (tmp_path / "adapter" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--mitigation", "prayer"), "--mitigation: expected token, mask, loss (found 'prayer')"),
        (("--mask-style", "neutral"), "--mask-style is for --mitigation mask, which was not said"),
        (("--mitigation", "mask", "--mask-style", "blue"), "--mask-style: "),
        (("--preset", "paper"), "unknown preset 'paper'"),
        (("--batch-size", "-1"), "--batch-size: "),
        (("--batch-size", "0"), "--batch-size: input should be greater than or equal to 1 (found 0)"),
        (("--epochs", "0"), "--epochs: input should be greater than or equal to 1 (found 0)"),
        (("--learning-rate", "0"), "--learning-rate: input should be greater than 0 (found 0.0)"),
        (("--preset", ""), "unknown preset ''"),
        (("--public",), "say where with --push-to-hub"),
        (("--columns", "prompt"), "--columns: expected OURS=THEIRS pairs"),
        (("--dtype", "int8"), "--dtype: "),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    flags: tuple[str, ...], told: str, mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    done = call(*arguments(mixed, tiny_model, settings, tmp_path / "adapter"), *flags)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "adapter").exists()


def test_labels_of_a_mix_that_have_nothing_in_common_are_told(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    rows = [
        TrainingRow(
            prompt=(Message(role="user", content="Is this mild?"),),
            completion=(Message(role="assistant", content=label),),
            label=label,
            source=source,
        )
        for source, label in (("original", "no"), ("augmented", "0"))
    ]
    apart = tmp_path / "apart.jsonl"
    apart.write_text(dump_rows(rows), encoding="utf-8")
    line = "the labels of original and augmented rows have nothing in common (no; 0)"
    for data, is_told in ((apart, True), (mixed, False)):
        done = call(*arguments(data, tiny_model, settings, tmp_path / "adapter"), "--dry-run")
        assert done.returncode == 0, done.stderr
        assert (line in done.stderr) == is_told


def test_a_model_without_settings_of_its_own_asks_for_some(mixed: Path, tiny_model: Path) -> None:
    done = call("finetune", mixed, "--model", tiny_model, "--out", "nowhere")
    assert done.returncode == 2
    assert "has no settings of its own: say --preset" in done.stderr


def test_a_row_that_is_too_long_is_named(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    long = tmp_path / "long.jsonl"
    row = TrainingRow(
        prompt=(Message(role="user", content="word " * 3000),),
        completion=(Message(role="assistant", content="nurse"),),
    )
    long.write_text(dump_rows([row]), encoding="utf-8")
    done = call(*arguments(long, tiny_model, settings, tmp_path / "adapter"))
    assert done.returncode == 2
    assert f"{long}: row 1: " in done.stderr
    assert f"finetune.max_length is 2000 (text_id {row.text_id})" in done.stderr


def test_a_request_that_was_refused_stands_in_nobody_s_way(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    adapter, short = tmp_path / "adapter", tmp_path / "short.yaml"
    fields = yaml.safe_load(settings.read_text(encoding="utf-8")) | {"max_length": 8}
    short.write_text(yaml.safe_dump(fields), encoding="utf-8")
    refused = call(*arguments(mixed, tiny_model, short, adapter))
    assert refused.returncode == 2
    assert "finetune.max_length is 8" in refused.stderr
    assert call(*arguments(mixed, tiny_model, settings, adapter)).returncode == 0
    assert (adapter / "adapter_model.safetensors").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = call(*arguments(mixed, tiny_model, settings, tmp_path))
    assert done.returncode == 2
    assert "holds thesis.txt and no training.json" in done.stderr


def test_two_processes_train_one_adapter_and_the_first_writes_it(
    mixed: Path, tiny_model: Path, settings: Path, tmp_path: Path
) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = arguments(mixed, tiny_model, settings, tmp_path / "adapter")
    done = subprocess.run(
        [*launch, "-m", "bias_inherit", *map(str, command)],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Half the steps: each takes two batches, one of either process.
    assert done.stdout.count("12 steps") == 1
    assert {path.name for path in (tmp_path / "adapter").iterdir()} - {".lock"} == FILES
