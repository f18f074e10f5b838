#!/usr/bin/env bash
# trl's DPOTrainer copies a trained adapter for its reference, and leaves out what the adapter changed in the embeddings.
#
# Expected by most: without `ref_model`, the reference is the model as it is before the training, as trl documents; the first step then
# has rewards of 0 and a loss of log 2, whatever the model. For a trained adapter trl adds a second one, "ref", and copies the parameters
# with ".default." in their names. Seen with trl 1.16.0 and peft 0.21.2: peft keeps LoRA matrices of embeddings, the vectors of
# `trainable_token_indices` (new chat tokens) and those of IA3 in a ParameterDict, so their names end in ".default", and they are not
# copied. The reference is another model: rewards differ from 0 before anything is learned. No warning. The same loop is in GRPO's, KTO's
# and RLOO's trainers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet \
  torch==2.13.0 transformers==5.24.0 trl==1.16.0 peft==0.21.2 datasets==5.2.0 accelerate==1.15.0
HF_HUB_OFFLINE=1 HF_DATASETS_CACHE="$folder/data" OMP_NUM_THREADS=1 \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""The first step of DPO for adapters of six kinds, each with random values in place of trained ones."""
import sys
from math import log

import peft
import torch
import transformers
import trl
from datasets import Dataset
from peft import IA3Config, LoraConfig, get_peft_model
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
from trl import DPOConfig, DPOTrainer

words = "<pad> <end> <unk> the sky is blue grass green red".split()
cut = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=cut, eos_token="<end>", pad_token="<pad>", unk_token="<unk>")
sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
pairs = Dataset.from_list(
    [
        {"prompt": "the sky is", "chosen": " blue", "rejected": " red"},
        {"prompt": "the grass is", "chosen": " green", "rejected": " red"},
    ]
)


def first_step(config):
    torch.manual_seed(0)
    base = LlamaForCausalLM(LlamaConfig(vocab_size=len(words), initializer_range=0.3, **sizes))
    model = get_peft_model(base, config)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.normal_(std=0.5)
    settings = {"report_to": "none", "use_cpu": True, "bf16": False, "disable_tqdm": True}
    trainer = DPOTrainer(
        model=model,
        args=DPOConfig(sys.argv[1] + "/out", beta=1.0, max_steps=1, logging_steps=1, **settings),
        train_dataset=pairs,
        processing_class=tokenizer,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    ending = [name for name, _ in model.named_parameters() if name.endswith(".default")]
    return trainer.state.log_history[0], ending


print("trl", trl.__version__, "peft", peft.__version__, "transformers", transformers.__version__)
attention = ["q_proj", "v_proj"]
right = {}
for kind, config in {
    "LoRA of attention": LoraConfig(r=2, target_modules=attention),
    "with DoRA": LoraConfig(r=2, target_modules=attention, use_dora=True),
    "with a head saved whole": LoraConfig(r=2, target_modules=attention, modules_to_save=["lm_head"]),
    "and of the embeddings": LoraConfig(r=2, target_modules=[*attention, "embed_tokens"]),
    "with two trained tokens": LoraConfig(r=2, target_modules=attention, trainable_token_indices=[3, 4]),
    "IA3": IA3Config(target_modules=[*attention, "down_proj"], feedforward_modules=["down_proj"]),
}.items():
    step, ending = first_step(config)
    right[kind] = abs(step["loss"] - log(2)) < 1e-4
    rewards = [round(step[f"rewards/{side}"], 3) for side in ("chosen", "rejected")]
    print(f"{kind}: loss {step['loss']:.4f} (log 2 is {log(2):.4f}), rewards {rewards}, parameters left out: {len(ending)}")
if list(right.values()) != [True] * 3 + [False] * 3:
    sys.exit("changed")
PYTHON
