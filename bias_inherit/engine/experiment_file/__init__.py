"""The experiment file: what it may say, and one clear line where it says something else.

A section is in the module of its name, but for `model` (`bias_inherit.models.model_section`) and `finetune`
(`finetune.settings`). `experiment` and `evaluation` are whole files, and `study` reads either.
"""
