"""The section `mitigate`: what models are trained with against inheritance."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from bias_inherit.engine.experiment_file.section import Section
from finetune.alignment import AlignmentSettings
from finetune.mitigations import MaskSettings, MitigationSettings, TokenSettings

Method = Literal["token", "mask", "loss"]


def _one_method_is_a_list_of_one(methods: Any) -> Any:
    if not isinstance(methods, (list, tuple)):
        return methods
    return [[] if name == "none" else [name] if isinstance(name, str) else name for name in methods]


Methods = Annotated[tuple[tuple[Method, ...], ...], BeforeValidator(_one_method_is_a_list_of_one)]
"""Mitigations: the names that make one model together; nothing for `none`."""


class TokenSection(TokenSettings):
    """How `token` is carried out, and whether its sentence also stands there at test time.

    Attributes:
        at_test_time: Score the models trained with it a second time, with the sentence in front of everything
            that they are asked, and so the models that they are compared with.
    """

    at_test_time: bool = False

    @property
    def settings(self) -> TokenSettings:
        """How models are trained."""
        return TokenSettings(sentence=self.sentence)


class MitigateSection(Section):
    """Mitigations; every mix with augmented rows is trained once with each of these.

    Attributes:
        methods: `none`, `token`, `mask` or `loss`; a list of names makes one model with all of them.
        token: How `token` is carried out; see `TokenSection`.
        mask: How `mask` is carried out.
        loss: How `loss` is carried out.
    """

    methods: Methods = Field(default=((),), min_length=1)
    token: TokenSection = TokenSection()
    mask: MaskSettings = MaskSettings()
    loss: AlignmentSettings = AlignmentSettings()

    def settings(self) -> tuple[MitigationSettings, ...]:
        """What each model is trained with."""
        return tuple(map(self.setting, self.methods))

    def setting(self, together: tuple[Method, ...]) -> MitigationSettings:
        """What a model is trained with that has these methods."""
        carried_out = {"token": self.token.settings, "mask": self.mask, "loss": self.loss}
        return MitigationSettings(**{method: carried_out[method] for method in together})

    @model_validator(mode="after")
    def _the_sentence_is_trained_with(self) -> "MitigateSection":
        if self.token.at_test_time and not any("token" in together for together in self.methods):
            raise ValueError("token.at_test_time: no model is trained with token; name it in methods")
        return self
