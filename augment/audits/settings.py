"""What an audit compares, and how it asks."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

QUESTIONS = 100


class AuditSettings(BaseModel):
    """The audits of augmented sets."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    original: Path | None = None
    """The originals to compare with; by default those shipped for the rows' domain."""
    opinions: str | None = None
    """Real people's answers, for the audit of values: JSON lines (country, question, options, distribution)
    or a hub id such as Anthropic/llm_global_opinions. Without it, there is no such audit."""
    questions: int = Field(default=QUESTIONS, ge=2)
    """Number of questions in the audit of values, drawn with the seed."""
    encoder: str | None = None
    """Embed with this sentence-transformers model instead (needs that package)."""
    groups_only: bool = False
    """Audit only who is in the data; no model is loaded."""
    population: Path | None = None
    """Your own groups, names and occupations, in the format of population.yaml in bias_tasks."""
    seed: int = Field(default=0, ge=0)
    """Decides which rows and questions are drawn."""
    batch_size: int = Field(default=16, ge=1)
    """Texts or questions per call."""
    chat_template: bool = True
    """Ask questions in the model's chat template."""
