#!/usr/bin/env bash
# peft 0.21.2: an adapter of a deeper model goes onto a shallower base without an error; the layers that are missing there are dropped.
#
# Expected by most: an adapter that does not belong to a base is refused, as it is where a width differs. Seen: an adapter of three layers on
# a base of two loads; no exception, no warning, and `load_adapter`'s own result would have named the rest as unexpected keys, which
# `from_pretrained` throws away. The model then answers with two thirds of the adapter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM


def model(layers):
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, num_hidden_layers=layers, **sizes)).eval()


folder = Path(sys.argv[1], "adapter")
get_peft_model(model(3), LoraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj"])).save_pretrained(folder)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    PeftModel.from_pretrained(model(2), folder)
about_it = [str(one.message) for one in told if "layers.2" in str(one.message) or "unexpected" in str(one.message).lower()]
print("from_pretrained raised nothing; warnings about the layer that has no place:", about_it)
result = PeftModel.from_pretrained(model(2), folder).load_adapter(folder, "again")
print("unexpected keys, as load_adapter names them:", result.unexpected_keys)
if about_it or not result.unexpected_keys:
    sys.exit("changed")
PYTHON
