#!/usr/bin/env bash
# lm-eval 0.4.13 with --cache_requests: a second run that chooses other documents by --samples scores them with the first run's requests.
#
# Expected by most: the cache of requests knows which documents it was built for. Its key holds task, number of shots, limit, world
# size, rank, template and tokenizer, but not the documents chosen. Seen: after a run of document 0, a run of document 5 writes a sample
# row whose `doc` is document 5 and whose `arguments` are those of document 0. No warning; exit code 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet lm-eval==0.4.13 datasets==5.0.1
export HF_HUB_OFFLINE=1 LM_HARNESS_CACHE_PATH="$folder/cache" PATH="$folder/venv/bin:$PATH"
mkdir "$folder/tasks"
for number in 0 1 2 3 4 5 6 7; do
  echo "{\"question\": \"What follows $number?\", \"answer\": \"$((number + 1))\"}"
done > "$folder/rows.jsonl"
cat > "$folder/tasks/follows.yaml" <<YAML
task: follows
dataset_path: json
dataset_kwargs: {data_files: {test: $folder/rows.jsonl}}
test_split: test
output_type: loglikelihood
doc_to_text: "{{question}}"
doc_to_target: " {{answer}}"
metric_list: [{metric: acc}]
YAML
for chosen in 0 5; do
  lm_eval run --model dummy --tasks follows --include_path "$folder/tasks" --cache_requests true --log_samples \
    --samples "{\"follows\": [$chosen]}" --output_path "$folder/run-$chosen" > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
done
python - "$folder" <<'PYTHON'
import json
import sys
from pathlib import Path

(written,) = Path(sys.argv[1], "run-5").rglob("samples_follows_*.jsonl")
(row,) = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
scored = row["arguments"]["gen_args_0"]["arg_0"]
print("document of the row:   ", row["doc"]["question"])
print("request that was scored:", scored)
if scored == row["doc"]["question"]:
    sys.exit("changed")
PYTHON
