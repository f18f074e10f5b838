#!/usr/bin/env bash
# inspect_ai's match(numeric=True) compares numbers rounded to five digits: 123456 is a correct answer if the target is 123459.
#
# Expected by most: a numeric match compares numbers, and is the stricter one where both answer and target are whole numbers; the
# documentation says which signs are removed before, and nothing of a tolerance. Seen with inspect_ai 0.3.285: both numbers are written
# with five significant digits, and the two strings are compared. Whole numbers up to 99999 are told apart; of larger ones, wrong answers
# are scored correct, among them a salary that is off by two dollars, and 999996 for a million, which is recorded as the answer 1e+06.
# The same scorer without `numeric` finds each of them incorrect.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet inspect_ai==0.3.285
"$folder/venv/bin/python" - 2> "$folder/chatter" <<'PYTHON' || { cat "$folder/chatter"; exit 1; }
"""Wrong answers, scored by the numeric match and by the one of text."""
import asyncio
import sys
from importlib.metadata import version

from inspect_ai.model import ModelName, ModelOutput
from inspect_ai.scorer import CORRECT, Target, match
from inspect_ai.solver import TaskState


def score(scorer, said, target):
    output = ModelOutput.from_content("mockllm/model", said)
    state = TaskState(ModelName("mockllm/model"), sample_id=1, epoch=1, input="How many?", messages=[], output=output)
    return asyncio.run(scorer(state, Target(target)))


print("inspect_ai", version("inspect_ai"))
correct = []
for said, target in [
    ("It is 99998", "99999"),
    ("It is 123456", "123459"),
    ("A fair salary is $120,450", "120452"),
    ("It is 1234567", "1234640"),
    ("It is 999996", "1000000"),
    ("It is 3.14159", "3.14161"),
]:
    number, text = score(match(numeric=True), said, target), score(match(), said, target)
    correct.append((number.value == CORRECT, text.value == CORRECT))
    print(f"{said!r}, target {target!r}: numeric {number.value} with the answer {number.answer!r}, text {text.value}")
if correct != [(False, False)] + [(True, False)] * 5:
    sys.exit("changed")
PYTHON
