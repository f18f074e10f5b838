#!/usr/bin/env bash
# lm-eval 0.4.12 and 0.4.13 give a group of unequal tasks another standard error, on the same answers and with the same group value.
#
# Expected by most: a patch release leaves the numbers of a finished task alone, and the error of a group belongs to the mean that is
# shown beside it. With `weight_by_size: false` the value is the plain mean of the tasks. Seen: 0.4.12 pools the errors by size all the
# same; 0.4.13 gives sqrt(sum of squares) / k, the error of that mean. Tables from both must not be put side by side.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HF_HUB_OFFLINE=1
mkdir "$folder/tasks"
write() { # name, rows, every how manieth of them has the second choice as its answer
  for number in $(seq "$2"); do echo "{\"question\": \"$1 $number\", \"gold\": $((number % $3 == 0))}"; done > "$folder/$1.jsonl"
  cat > "$folder/tasks/$1.yaml" <<YAML
task: $1
dataset_path: json
dataset_kwargs: {data_files: {test: $folder/$1.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: question
doc_to_choice: [wrong, right]
doc_to_target: gold
metric_list: [{metric: acc}]
YAML
}
write small 10 2
write large 200 9
cat > "$folder/tasks/both.yaml" <<YAML
group: both
task: [small, large]
aggregate_metric_list: [{metric: acc, weight_by_size: false}]
YAML
for version in 0.4.12 0.4.13; do
  python3 -m venv --clear "$folder/venv"
  "$folder/venv/bin/pip" install --quiet "lm-eval==$version" datasets==5.2.0
  "$folder/venv/bin/lm_eval" run --model dummy --tasks both --include_path "$folder/tasks" --seed 7 \
    --output_path "$folder/$version" > "$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
done
python3 - "$folder" <<'PYTHON'
import json
import math
import sys
from pathlib import Path

sizes, seen = {"small": 10, "large": 200}, {}
for version in ("0.4.12", "0.4.13"):
    (written,) = Path(sys.argv[1], version).rglob("results_*.json")
    results = json.loads(written.read_text(encoding="utf-8"))["results"]
    value, error = results["both"]["acc,none"], results["both"]["acc_stderr,none"]
    errors = {task: results[task]["acc_stderr,none"] for task in sizes}
    of_the_mean = math.hypot(*errors.values()) / len(errors)
    print(f"lm-eval {version}: both {value:.4f} ± {error:.4f}; the plain mean's own error is {of_the_mean:.4f}")
    seen[version] = math.isclose(error, of_the_mean)
if seen != {"0.4.12": False, "0.4.13": True}:
    sys.exit("changed")
PYTHON
