#!/usr/bin/env bash
# peft merges an adapter with replicated layers into another model than the one that ran, though it has an error for just this case.
#
# Expected by most: what merge_and_unload() returns computes what the adapter computed, or peft refuses, as it does elsewhere. A layer
# that `layer_replication` repeats has LoRA matrices of its own and shares the base's weight, so merging adds both changes to that one
# weight. peft has an error, "Cannot merge LORA layers when base model layers are replicated", but looks for the setting among the names
# of the adapters. Seen with peft 0.21.2: neither error nor warning, and other numbers. Call an adapter "layer_replication", and an
# ordinary one without replicated layers is refused with those words.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
import logging
import sys
import warnings

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 64}
text = torch.arange(1, 17)[None]
logged = []
handler = logging.Handler()
handler.emit = lambda record: logged.append(record.getMessage())
for name in ("peft", "transformers", "root"):
    logging.getLogger(name).addHandler(handler)


def logits(model):
    with torch.no_grad():
        return model(input_ids=text).logits


def adapted(name="default", **settings):
    torch.manual_seed(0)
    base = LlamaForCausalLM(LlamaConfig(**sizes))
    config = LoraConfig(target_modules=["q_proj", "v_proj"], init_lora_weights=False, **settings)
    return get_peft_model(base, config, adapter_name=name).eval()


def merged(**settings):
    model = adapted(**settings)
    ran = logits(model)
    model.merge_adapter()
    in_place = float((logits(model) - ran).abs().max())
    model.unmerge_adapter()
    back = float((logits(model) - ran).abs().max())
    unloaded = float((logits(model.merge_and_unload()) - ran).abs().max())
    print(f"{settings or 'no setting'}: logits of size up to {float(ran.abs().max()):.2f}; furthest from them")
    print(f"    merge_adapter {in_place:.0e}, unmerged again {back:.0e}, merge_and_unload {unloaded:.0e}")
    return in_place, back, unloaded


with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    plain = merged()
    once = merged(layer_replication=[(0, 2)])
    twice = merged(layer_replication=[(0, 2), (1, 2)])
told = [line for line in logged + [str(warning.message) for warning in warned] if "replic" in line or "merge" in line]
print("log lines and warnings about it:", len(told))
refusal = ""
try:
    adapted(name="layer_replication").merge_and_unload()
except ValueError as error:
    refusal = str(error)
print("an adapter called layer_replication, without the setting:", refusal)
as_said = max(plain + once) < 1e-5 and twice[0] > 0.01 and twice[1] < 1e-5 and twice[2] > 0.01
if not as_said or told or "layers are replicated" not in refusal:
    sys.exit("changed")
PYTHON
