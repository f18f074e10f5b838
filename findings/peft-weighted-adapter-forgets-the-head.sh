#!/usr/bin/env bash
# peft's add_weighted_adapter copies a classifier's adapter with weight 1.0, and the copy has the head from before the training.
#
# Expected by most: with one adapter and weight 1.0 the new adapter computes what the old one does. A classifier's adapter consists of the
# LoRA matrices and the head (`modules_to_save`, which peft adds by itself for SEQ_CLS). Seen with peft 0.21.2: the matrices are the
# same within rounding, the new adapter has a head of its own, and that is a copy of the base's, untrained one. No error, no warning; what
# save_pretrained writes is complete and wrong. Two adapters that both have a head are refused, so one seems to be supported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""A tiny classifier learns from which eighth of the vocabulary the words of a text are."""
import logging
import sys
import warnings

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import LlamaConfig, LlamaForSequenceClassification

sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
torch.manual_seed(0)
base = LlamaForSequenceClassification(LlamaConfig(vocab_size=66, num_labels=8, pad_token_id=0, **sizes))
untrained = base.score.weight.detach().clone()
config = LoraConfig(task_type="SEQ_CLS", r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"])
model = get_peft_model(base, config, adapter_name="trained")
labels = torch.arange(64) % 8
texts = torch.randint(1, 9, (64, 8)) + 8 * labels[:, None]
optimizer = torch.optim.Adam([weight for weight in model.parameters() if weight.requires_grad], lr=0.02)
for _ in range(60):
    optimizer.zero_grad()
    model(input_ids=texts, labels=labels).loss.backward()
    optimizer.step()
model.eval()


def loss(name):
    model.set_adapter(name)
    with torch.no_grad():
        output = model(input_ids=texts, labels=labels)
    print(f"{name}: loss {output.loss:.4f}, accuracy {(output.logits.argmax(-1) == labels).float().mean():.2f}")
    return float(output.loss)


with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    before = loss("trained")
    for kind in ("svd", "cat", "linear"):
        model.add_weighted_adapter(["trained"], [1.0], kind, combination_type=kind)
    after = [loss(kind) for kind in ("svd", "cat", "linear")]
layer = model.base_model.model.model.layers[0].self_attn.q_proj
apart = [float((layer.get_delta_weight("trained") - layer.get_delta_weight(kind)).abs().max()) for kind in ("svd", "cat", "linear")]
heads = model.base_model.model.score.modules_to_save
same = [torch.equal(heads[kind].weight, untrained) for kind in ("svd", "cat", "linear")]
model.save_pretrained(sys.argv[1] + "/saved", selected_adapters=["cat"])
(head,) = [value for key, value in load_file(sys.argv[1] + "/saved/cat/adapter_model.safetensors").items() if "score" in key]
print("largest differences of the combined LoRA matrices from the trained ones:", [f"{value:.0e}" for value in apart])
print("the trained head moved by", round(float((heads["trained"].weight - untrained).abs().max().detach()), 2))
print("heads of the new adapters that are the untrained one:", same, "- saved head too:", torch.equal(head, untrained))
told = [str(warning.message) for warning in warned if "head" in str(warning.message) or "modules_to_save" in str(warning.message)]
print("warnings about it:", len(told))
if max(apart) > 1e-5 or not all(same) or not torch.equal(head, untrained) or min(after) < before + 0.1 or told:
    sys.exit("changed")
PYTHON
