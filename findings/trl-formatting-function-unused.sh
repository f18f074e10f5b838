#!/usr/bin/env bash
# trl's SFTTrainer calls the formatting function that it is given, and trains on something else.
#
# Expected by most: with `formatting_func`, the trainer learns what the function returns. For a dataset of prompts and completions trl
# refuses the function, and advises to set completion_only_loss=False. Seen with trl 1.16.0: on doing so the function is called, its
# text goes into a column `text`, and the tokens are those of prompt and completion as they were; the end-of-sequence token was put on
# that text, so none is learned. The same with `dataset_text_field` of another name: the raw column is learned. With the columns prompt
# and response the trainer raises KeyError: 'completion'. None of the three says that the function goes unused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
HF_HUB_OFFLINE=1 HF_DATASETS_CACHE="$folder/data" OMP_NUM_THREADS=1 \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
import logging
import sys

from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

words = "<pad> <end> <unk> Question: Answer: the sky is blue".split()
cut = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=cut, eos_token="<end>", pad_token="<pad>", unk_token="<unk>")
sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
calls = []


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


kept = Kept()
for name in ("trl", "transformers", "datasets"):
    logging.getLogger(name).addHandler(kept)


def formatted(row):
    first, second = list(row.values())[:2]
    calls.append(row)
    return f"Question: {first} Answer:{second}"


def learned(first, second, **settings):
    calls.clear()
    trainer = SFTTrainer(
        model=LlamaForCausalLM(LlamaConfig(vocab_size=len(words), **sizes)),
        args=SFTConfig(sys.argv[1] + "/out", report_to="none", use_cpu=True, bf16=False, **settings),
        train_dataset=Dataset.from_list([{first: "the sky is", second: " blue"}] * 2),
        processing_class=tokenizer,
        formatting_func=formatted,
    )
    return tokenizer.decode([token for token in trainer.train_dataset[0]["labels"] if token != -100])


def told(*columns, **settings):
    try:
        seen = learned(*columns, **settings)
    except (KeyError, ValueError) as error:
        seen = f"{type(error).__name__}: {error}"
    print(f"columns {' and '.join(columns)}, {settings or 'no settings'}, {len(calls)} calls of the function\n    {seen}")
    return seen


wanted = told("question", "answer")
refusal = told("prompt", "completion")
followed = told("prompt", "completion", completion_only_loss=False)
named = told("question", "answer", dataset_text_field="question")
other = told("prompt", "response")
about = [line for line in kept.lines if "formatting" in line.lower()]
print("log lines about the function:", len(about))
seen = "Question:" in wanted and "<end>" in wanted and "disable `completion_only_loss`" in refusal
seen = seen and "the sky is" in followed and not {"Question:", "<end>"} & set(followed.split())
if not seen or "Question:" in named or not other.startswith("KeyError") or about:
    sys.exit("changed")
PYTHON
