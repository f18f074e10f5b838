"""The section `audit`: what augmented sets and the base are audited for."""

from pydantic import Field

from augment.audits.settings import QUESTIONS
from bias_inherit.engine.experiment_file.section import Section


class AuditSection(Section):
    """What the augmented sets and the base are audited for, besides whom each set is about.

    Attributes:
        distribution: How far the sets lie from the originals, in the base's last layer.
        rows: Of each set that are embedded for it, at most.
        opinions: Real people's answers, a file or a hub id, for the audit of the base's values.
        questions: Of that audit, drawn with the first seed.
    """

    distribution: bool = True
    rows: int = Field(default=300, ge=20)
    opinions: str | None = None
    questions: int = Field(default=QUESTIONS, ge=2)
