"""`python -m bias_inherit.scorer ...`: the harness's own command line, with this model among its models."""

import lm_eval.models  # noqa: F401 - the harness's own models first
from lm_eval.__main__ import cli_evaluate
from lm_eval.api.registry import model_registry

from bias_inherit.models.scorer import MODEL_CLASS, MODEL_NAME

if __name__ == "__main__":
    model_registry.register(MODEL_NAME, target=MODEL_CLASS)
    cli_evaluate()
