"""What a user does with this package, in the environment that runs this file, on a tiny random model.

    python compatibility_probe.py MODEL_FOLDER RESULT_FILE

Of each use: the numbers that came out, if it has any, and the last line of what was said where it failed.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

LIMIT = "8"
SCORED_BY_LOG_LIKELIHOOD = "bias_inherit_occupation,bias_inherit_hiring,bias_inherit_hate"
SLOW = "bias-inherit-hf scores this model in the way of hf"

Told = dict[str, Any]


def main(model: Path, result: Path) -> None:
    """Try all uses; write what came of them."""
    if not model.exists():
        make_model(model)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        found = {
            "tasks": scored(["lm_eval", "--model", "hf"], "bias_inherit", model, folder / "hf"),
            "scorer": scored(
                [sys.executable, "-m", "bias_inherit.scorer", "--model", "bias-inherit-hf"],
                SCORED_BY_LOG_LIKELIHOOD,
                model,
                folder / "ours",
            ),
            "finetune": finetuned(model, folder),
            "experiment": experiment(model, folder),
        }
    result.write_text(json.dumps(found, indent=1), encoding="utf-8")


def make_model(folder: Path) -> None:
    """A random Llama whose tokenizer knows bytes alone."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({token: i for i, token in enumerate([*special, *letters])}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token=special[0], eos_token=special[2])
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        initializer_range=0.2,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # transformers 5 writes a class that 4.57 does not know.
    config_file = folder / "tokenizer_config.json"
    written = json.loads(config_file.read_text(encoding="utf-8"))
    config_file.write_text(
        json.dumps(written | {"tokenizer_class": "PreTrainedTokenizerFast"}), encoding="utf-8"
    )


def scored(command: list[str], tasks: str, model: Path, out: Path) -> Told:
    """The harness's own command line; every metric that it wrote."""
    path = call("bias-inherit", "task-path")
    if path.returncode:
        return {"numbers": None, "said": last_line(path)}
    done = call(
        *command,
        *("--model_args", f"pretrained={model}", "--device", "cpu", "--limit", LIMIT),
        *("--include_path", path.stdout.strip(), "--tasks", tasks, "--output_path", str(out)),
    )
    if done.returncode:
        return {"numbers": None, "said": last_line(done)}
    slow = [line[line.index(SLOW) :] for line in done.stderr.splitlines() if SLOW in line]
    if slow:
        return {"numbers": None, "said": slow[0]}
    (written,) = out.rglob("results_*.json")
    results = json.loads(written.read_text(encoding="utf-8"))["results"]
    numbers = {
        f"{task}: {metric}": value
        for task, metrics in results.items()
        for metric, value in metrics.items()
        if isinstance(value, float | int)
    }
    return {"numbers": numbers, "said": ""}


def finetuned(model: Path, folder: Path) -> Told:
    """`bias-inherit mix` and `finetune`."""
    mix, settings = folder / "mix.jsonl", folder / "settings.yaml"
    # The model reads bytes, so that a biography has some hundred tokens more than a user's.
    settings.write_text(yaml.safe_dump({"learning_rate": 1e-3, "epochs": 1, "max_length": 2000}))
    written = files("augment") / "corpus" / "gender" / "1.jsonl"
    done = call(
        *("bias-inherit", "mix", "--original", "shipped:gender:24", "--augmented", str(written)),
        *("--gamma", "0.2", "--out", str(mix)),
    )
    if not done.returncode:
        done = call(
            *("bias-inherit", "finetune", str(mix), "--out", str(folder / "adapter")),
            *("--model", str(model), "--settings", str(settings)),
        )
    return {"numbers": None, "said": last_line(done) if done.returncode else ""}


def experiment(model: Path, folder: Path) -> Told:
    """`bias-inherit run`, to the report."""
    file = folder / "experiment.yaml"
    settings = {
        "name": "probe",
        "model": {"pretrained": str(model), "device": "cpu"},
        "data": {"originals": 24},
        "generate": {"bias_types": [1], "shipped": True},
        "mix": {"gammas": [0, 0.5]},
        "finetune": {"learning_rate": 1e-3, "epochs": 1, "max_length": 2000},
        "audit": {"distribution": False},
        "score": {"limit": 8, "chat_template": False},
    }
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = call("bias-inherit", "run", str(file), "--out", str(folder / "run"))
    there = (folder / "run" / "report" / "index.html").is_file()
    return {"numbers": None, "said": "" if there else last_line(done)}


def call(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment."""
    program = shutil.which(command[0]) or command[0]
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """What a user reads last."""
    lines = [line.strip(" │╭╮╰╯─") for line in (done.stderr or done.stdout).splitlines()]
    lines = [line for line in lines if line]
    return lines[-1][:300] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
