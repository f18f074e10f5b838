#!/usr/bin/env bash
# A dataset of prompts and completions that also has a column `text` loses its end-of-sequence token in trl's SFTTrainer.
#
# Expected by most: a column that the trainer does not train on changes nothing, as any other name shows; the completions end in the
# end-of-sequence token, which trl appends to data without a chat format. Seen with trl 1.16.0: the token is appended to the column that
# `dataset_text_field` names ("text" by default) if there is one, and only otherwise to `completion`, while the tokens are made of prompt
# and completion whenever there is a `prompt`. No label is the end token: the model never learns to stop. No warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 trl==1.16.0 datasets==5.2.0 accelerate==1.15.0
HF_HUB_OFFLINE=1 HF_DATASETS_CACHE="$folder/data" OMP_NUM_THREADS=1 \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""The same two columns, once alone and once beside a third, which has another name in each run."""
import sys

from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

words = "<pad> <end> <unk> the sky is blue grass green a sentence about nature".split()
cut = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=cut, eos_token="<end>", pad_token="<pad>", unk_token="<unk>")
sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}


def prepared(**more):
    rows = [{"prompt": "the sky is", "completion": " blue", **more}, {"prompt": "the grass is", "completion": " green", **more}]
    trainer = SFTTrainer(
        model=LlamaForCausalLM(LlamaConfig(vocab_size=len(words), **sizes)),
        args=SFTConfig(sys.argv[1] + "/out", report_to="none", use_cpu=True, bf16=False),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    return trainer.train_dataset[0]


ends = {}
for name, more in {
    "prompt, completion": {},
    "prompt, completion, note": {"note": "a sentence about nature"},
    "prompt, completion, text": {"text": "a sentence about nature"},
}.items():
    row = prepared(**more)
    learned = [token for token in row["labels"] if token != -100]
    ends[name] = learned[-1] == tokenizer.eos_token_id
    print(f"{name}: all tokens {tokenizer.decode(row['input_ids'])!r}, learned {tokenizer.decode(learned)!r}")
    if "text" in more:
        print("    the column that nobody reads:", repr(row["text"]))
if list(ends.values()) != [True, True, False]:
    sys.exit("changed")
PYTHON
