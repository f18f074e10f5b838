#!/usr/bin/env bash
# transformers reads a Llama GGUF file without its tensor rope_freqs, and says nothing: the model stands at other positions.
#
# Expected by most: from_pretrained(…, gguf_file=…) gives the model that the file holds, or warns of a weight that it leaves aside, as it
# does for a checkpoint. llama.cpp's converter writes the scaled positions of Llama 3.1 and 3.2 as a tensor, by which llama.cpp divides
# the frequencies; no metadata key repeats it. Seen with transformers 5.24.0: the config says rope_type "default", the logits are those of
# a file without the tensor to the last bit, and no log line names it. Beyond a few tokens they are another model's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 gguf==0.17.1 accelerate==1.15.0
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder" 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""One tiny Llama written twice, the second time with rope_freqs, as Llama 3.1 and 3.2 have it."""
import logging
import sys
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFWriter
from transformers import AutoModelForCausalLM

HIDDEN, HEADS, LAYERS, WORDS, WIDE = 64, 4, 2, 96, 128
rng = np.random.default_rng(0)


def matrix(*shape):
    return rng.normal(0, 0.2, shape).astype(np.float32)


ones = np.ones(HIDDEN, dtype=np.float32)
tensors = {"token_embd.weight": matrix(WORDS, HIDDEN), "output_norm.weight": ones, "output.weight": matrix(WORDS, HIDDEN)}
for layer in range(LAYERS):
    for name, shape in {
        "attn_q": (HIDDEN, HIDDEN), "attn_k": (HIDDEN, HIDDEN), "attn_v": (HIDDEN, HIDDEN), "attn_output": (HIDDEN, HIDDEN),
        "ffn_gate": (WIDE, HIDDEN), "ffn_up": (WIDE, HIDDEN), "ffn_down": (HIDDEN, WIDE),
    }.items():
        tensors[f"blk.{layer}.{name}.weight"] = matrix(*shape)
    for name in ("attn_norm", "ffn_norm"):
        tensors[f"blk.{layer}.{name}.weight"] = ones
divided = np.linspace(1, 8, HIDDEN // HEADS // 2).astype(np.float32)


def written(path, more):
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(512)
    writer.add_block_count(LAYERS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(WIDE)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(HIDDEN // HEADS)
    writer.add_vocab_size(WORDS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"w{number}" for number in range(WORDS)])
    writer.add_token_merges(["w 1"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    for name, values in {**tensors, **more}.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(name):
    folder = Path(sys.argv[1])
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    with torch.no_grad():
        logits = model(torch.arange(64)[None]).logits
    return model, logits


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


kept = Kept()
logging.getLogger("transformers").addHandler(kept)
folder = Path(sys.argv[1])
written(folder / "plain.gguf", {})
written(folder / "scaled.gguf", {"rope_freqs.weight": divided})
plain, without = read("plain.gguf")
scaled, with_it = read("scaled.gguf")
print("rope parameters of the two configs:", plain.config.rope_parameters, scaled.config.rope_parameters)
print("largest difference of the logits over 64 tokens:", float((without - with_it).abs().max()))
# What the tensor asks for: every frequency divided by its factor.
scaled.model.rotary_emb.inv_freq /= torch.from_numpy(divided)
with torch.no_grad():
    meant = scaled(torch.arange(64)[None]).logits
print("and to what the tensor asks for:", float((meant - with_it).abs().max()))
named = [line for line in kept.lines if "rope_freqs" in line]
print("log lines that name the tensor:", len(named))
if not torch.equal(without, with_it) or named or not (meant - with_it).abs().max() > 0.1:
    sys.exit("changed")
PYTHON
