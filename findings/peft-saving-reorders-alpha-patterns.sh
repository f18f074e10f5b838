#!/usr/bin/env bash
# A saved peft adapter whose patterns overlap comes back with other scalings: the config sorts them, and the first that fits wins.
#
# Expected by most: a dict given as `alpha_pattern` says the same before and after save_pretrained and from_pretrained, so the loaded
# adapter computes what the saved one did. Seen with peft 0.21.2: a layer takes the first pattern of the dict that fits it, and
# adapter_config.json is written with sorted keys, at every depth. What came first to except one layer from a wider pattern comes
# second after loading. Which adapters change is a matter of the alphabet: before `layers\.1\..*`, `k_proj` stays and `q_proj` does not,
# and before `.*_proj` no name stays. No warning, no error; the tensors are the same. (With `rank_pattern` the sizes differ, so it raises.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 peft==0.21.2
HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 \
  "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""Four adapters, each saved and loaded onto the same base."""
import sys
import warnings
from pathlib import Path

import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from transformers import LlamaConfig, LlamaForCausalLM

sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
question = torch.arange(3, 19)[None]


def base():
    torch.manual_seed(0)
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, **sizes)).eval()


def adapter(**settings):
    torch.manual_seed(1)  # init_lora_weights=False: random matrices, as training leaves them
    return get_peft_model(base(), LoraConfig(target_modules=["q_proj", "k_proj"], init_lora_weights=False, **settings)).eval()


def scalings(model):
    layers = {name: layer for name, layer in model.named_modules() if isinstance(layer, LoraLayer)}
    return {".".join(name.split(".")[-4:]): layer.scaling["default"] for name, layer in layers.items()}


print("peft", peft.__version__, "transformers", transformers.__version__)
kept = {}
for number, patterns in enumerate(
    [
        {"k_proj": 64, r"layers\.1\..*": 2},
        {"q_proj": 64, r"layers\.1\..*": 2},
        {r"layers\.1\.self_attn\.q_proj": 64, ".*_proj": 2},
        {".*_proj": 2},
    ]
):
    saved = adapter(r=4, lora_alpha=8, alpha_pattern=patterns)
    with warnings.catch_warnings(record=True) as said, torch.no_grad():
        warnings.simplefilter("always")
        saved.save_pretrained(Path(sys.argv[1], str(number)))
        loaded = PeftModel.from_pretrained(base(), Path(sys.argv[1], str(number))).eval()
        apart = float((saved(question).logits - loaded(question).logits).abs().max())
    said = [str(warning.message) for warning in said if "pattern" in str(warning.message)]
    before, after = saved.peft_config["default"].alpha_pattern, loaded.peft_config["default"].alpha_pattern
    kept[" then ".join(patterns)] = apart < 1e-6 and not said
    print("patterns:", before, "loaded:", after)
    print("    same patterns, says python:", before == after, " warnings:", said, f" logits apart by up to {apart:.4f}")
    for name, scaling in scalings(saved).items():
        if scaling != scalings(loaded)[name]:
            print(f"    {name} was scaled by {scaling}, is scaled by {scalings(loaded)[name]}")
if list(kept.values()) != [True, False, False, True]:
    sys.exit("changed")

torch.manual_seed(0)
adapter(r=4, rank_pattern={"q_proj": 8, r"layers\.1\..*": 2}).save_pretrained(Path(sys.argv[1], "ranks"))
try:
    PeftModel.from_pretrained(base(), Path(sys.argv[1], "ranks"))
    sys.exit("changed: ranks")
except RuntimeError as error:
    print("with rank_pattern:", next(line.strip() for line in str(error).splitlines() if "size mismatch" in line))
PYTHON
