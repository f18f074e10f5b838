#!/usr/bin/env bash
# PeftModel.from_pretrained raises for an adapter of another base; the base is not what it was before.
#
# Expected by most: a load that raises has done nothing. Seen with peft 0.21.2 and transformers 5.24.0: the LoRA
# layers are injected into the base first, then the weights are copied one by one; those whose shapes fit are in by the
# time the error is raised, so that the base itself, which the caller still holds, gives other logits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder/adapter" <<'PYTHON'
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM


def model(intermediate_size):
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=64, intermediate_size=intermediate_size, **sizes)
    return LlamaForCausalLM(config).eval()


adapted = get_peft_model(model(96), LoraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj", "up_proj"]))
for name, weight in adapted.named_parameters():
    if "lora_B" in name:
        torch.nn.init.normal_(weight)
adapted.save_pretrained(sys.argv[1])

base, text = model(64), torch.arange(8)[None]
with torch.no_grad():
    before = base(text).logits
    try:
        PeftModel.from_pretrained(base, sys.argv[1])
    except RuntimeError as error:
        print("raised:", str(error).splitlines()[0])
    else:
        sys.exit("changed: nothing was raised")
    left = sum(name.endswith("lora_A") for name, _ in base.named_modules())
    moved = (base(text).logits - before).abs().max().item()
print(f"LoRA layers left in the base: {left}; largest change of its logits: {moved:.3f}")
if not left or moved < 1e-3:
    sys.exit("changed: the base is whole after the failure")
PYTHON
