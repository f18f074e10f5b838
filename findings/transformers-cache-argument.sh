#!/usr/bin/env bash
# transformers 5.24 renames the cache of a forward, in a way that a call does not notice and an inspection does.
#
# Expected by most: an argument that is deprecated is still in the signature. Seen with transformers 5.24.0:
# `past_key_values=` works in a call (a decorator renames it, with a warning), but inspect.signature has `cache` alone,
# and an output has the key `cache`, with `past_key_values` as an attribute that is no key. Code that asks by signature
# or by key whether a model takes or returns a cache now finds that it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - <<'PYTHON'
import inspect
import sys

import torch
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
model = LlamaForCausalLM(LlamaConfig(vocab_size=64, **sizes)).eval()
names = list(inspect.signature(model.forward).parameters)
cache = DynamicCache()
with torch.no_grad():
    output = model(torch.arange(8)[None], past_key_values=cache, use_cache=True)
print("in the signature:", [name for name in names if "cache" in name or "past" in name])
print("keys of the output:", list(output.keys()), "- attribute past_key_values:", hasattr(output, "past_key_values"))
print("tokens in the cache that was given by its old name:", cache.get_seq_length())
seen = "past_key_values" not in names and "cache" in names and cache.get_seq_length() == 8
if not seen or "past_key_values" in output.keys() or not hasattr(output, "past_key_values"):
    sys.exit("changed")
PYTHON
