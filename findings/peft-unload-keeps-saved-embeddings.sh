#!/usr/bin/env bash
# peft 0.21.2: an adapter that was saved with its embeddings writes them into the base; unload() takes the LoRA layers away and leaves them.
#
# Expected by most: unload() gives back the base as it was. An adapter trained with added tokens holds the whole embedding matrix
# (save_embedding_layers; "auto" when the vocabulary was resized), and loading copies it over the base's own. Seen: after load and unload
# no LoRA layer is left, and the base answers otherwise than before. A loop over adapters scores the next one on it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM


def model():
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, **sizes)).eval()


adapted = get_peft_model(model(), LoraConfig(task_type="CAUSAL_LM", r=4, target_modules=["q_proj"]))
with torch.no_grad():
    adapted.get_input_embeddings().weight.add_(0.5)  # what training with added tokens does to them
adapted.save_pretrained(Path(sys.argv[1], "adapter"), save_embedding_layers=True)

base, text = model(), torch.arange(8)[None]
with torch.no_grad():
    before = base(text).logits
    base = PeftModel.from_pretrained(base, Path(sys.argv[1], "adapter")).unload()
    moved = (base(text).logits - before).abs().max().item()
left = sum("lora_" in name for name, _ in base.named_modules())
print(f"LoRA layers left after unload(): {left}; largest change of the base's logits: {moved:.3f}")
if left or moved < 1e-3:
    sys.exit("changed")
PYTHON
