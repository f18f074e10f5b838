#!/usr/bin/env bash
# lm-eval 0.4.13 reads one and the same string of model arguments in two ways: on its command line and in simple_evaluate.
#
# Expected by most: `--model_args STRING` and `simple_evaluate(model_args=STRING)` give a model the same arguments, as the command line
# calls that function. Seen: on the command line a comma inside double quotes belongs to the value, and the quotes go. In
# simple_evaluate every comma parts arguments, quoted or not: the value ends at the comma, still with its opening quote, and the
# rest becomes an argument of its own, without a value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet lm-eval==0.4.13 datasets==5.2.0
cat > "$folder/both.py" <<'PYTHON'
import sys
from pathlib import Path

import lm_eval
from lm_eval.api.model import LM
from lm_eval.api.registry import register_model
from lm_eval.tasks import TaskManager

ARGUMENTS = 'name=one,note="first, second"'
seen = []


@register_model("keeps-its-arguments")
class Keeps(LM):
    def __init__(self, **arguments):
        super().__init__()
        of_the_harness = {"batch_size", "max_batch_size", "device"}
        seen.append({name: value for name, value in arguments.items() if name not in of_the_harness})

    def loglikelihood(self, requests):
        return [(-1.0, True) for _ in requests]

    def loglikelihood_rolling(self, requests):
        return [-1.0 for _ in requests]

    def generate_until(self, requests):
        return ["" for _ in requests]


tasks = Path(sys.argv[1]) / "tasks"
common = ["--model", "keeps-its-arguments", "--tasks", "asked", "--include_path", str(tasks)]
sys.argv = ["lm-eval", "run", *common, "--model_args", ARGUMENTS]
from lm_eval._cli.harness import HarnessCLI

cli = HarnessCLI()
cli.execute(cli.parse_args())
lm_eval.simple_evaluate(
    "keeps-its-arguments", model_args=ARGUMENTS, tasks=["asked"], task_manager=TaskManager(include_path=str(tasks))
)
on_the_command_line, in_python = seen
print("the string:           ", ARGUMENTS)
print("on the command line:  ", on_the_command_line)
print("in simple_evaluate:   ", in_python)
if on_the_command_line != {"name": "one", "note": "first, second"} or in_python == on_the_command_line:
    sys.exit("changed")
PYTHON
mkdir "$folder/tasks"
echo '{"question": "Is it so?"}' > "$folder/rows.jsonl"
cat > "$folder/tasks/asked.yaml" <<YAML
task: asked
dataset_path: json
dataset_kwargs: {data_files: {test: $folder/rows.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: question
doc_to_choice: ["yes", "no"]
doc_to_target: 0
metric_list: [{metric: acc}]
YAML
"$folder/venv/bin/python" "$folder/both.py" "$folder" 2> "$folder/log" || { tail -3 "$folder/log"; exit 1; }
