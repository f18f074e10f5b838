"""The harness's own command line, once for each list of arguments in a list of JSON."""

import json
import sys

from lm_eval.__main__ import cli_evaluate

for arguments in json.loads(sys.argv[1]):
    sys.argv = ["lm_eval", "run", *arguments]
    cli_evaluate()
