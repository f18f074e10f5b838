#!/usr/bin/env bash
# peft merges an adapter into a torchao layer by putting another Parameter in the place of the first.
#
# Expected by most: merge_adapter() changes weights in place, so whoever keeps a reference to the Parameter (to put its
# values back exactly, instead of trusting unmerge_adapter() to subtract) keeps the layer's weight. Seen with peft 0.21.2,
# torchao 0.18.0, transformers 5.24.0, torch 2.13.0: the layer's weight is another object after merging, restoring the kept
# one restores an orphan, and since each merge and unmerge rounds to int8 anew, the base computes other numbers afterwards
# although the adapter is off. Plain Linear layers of the same model merge in place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2 torchao==0.18.0
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder/model" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
import sys

import torch
from peft import LoraConfig, get_peft_model
from torchao.quantization import Int8WeightOnlyConfig
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, TorchAoConfig

torch.manual_seed(0)
sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
LlamaForCausalLM(LlamaConfig(vocab_size=64, **sizes)).save_pretrained(sys.argv[1])
tokens = torch.arange(16)[None]


def seen(quantised):
    options = {"quantization_config": TorchAoConfig(Int8WeightOnlyConfig())} if quantised else {}
    base = AutoModelForCausalLM.from_pretrained(sys.argv[1], **options)
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=16, target_modules="all-linear")).eval()
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    layer = next(module for module in model.modules() if hasattr(module, "lora_A"))

    def of_the_base():
        with torch.no_grad(), model.disable_adapter():
            return model(tokens).logits.float()

    before, kept = of_the_base(), layer.base_layer.weight
    model.merge_adapter()
    in_place = layer.base_layer.weight is kept
    model.unmerge_adapter()
    changed = float((of_the_base() - before).abs().max())
    print(f"{type(layer).__name__}: merged in place: {in_place}; base after unmerging, largest change: {changed:.1e}")
    return in_place, changed


(plain, small), (quantised, large) = seen(False), seen(True)
if not plain or quantised or small > 1e-5 or large < 1e-3:
    sys.exit("changed")
PYTHON
