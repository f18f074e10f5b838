"""Log-likelihoods with every distinct token prefix computed once, as a model of the harness."""

MODEL_NAME = "bias-inherit-hf"
"""For `lm_eval --model`."""
MODEL_CLASS = "bias_inherit.models.scorer.language_model:PrefixSharingLM"
"""Module and class, as the harness's registry takes them: imported when first asked for."""
