"""From a template and a slot to the prompt that asks for it.

Templates are Jinja2 files, rendered in a sandbox: ours in `augment/templates/<domain>`, or a user's own,
which may extend ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined, TemplateError, meta
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from augment.bias_types import BiasType
from augment.elicitation import WRITTEN, Elicitation, effective
from augment.people import Person
from bias_tasks.training_rows import DataError

TEMPLATES = Path(__file__).with_name("templates")
CONVERSATIONS = Path(__file__).with_name("conversations")
"""Of two turns. A folder of their own: what was written from the others is known by the hash of theirs."""


@dataclass(frozen=True)
class PromptTemplate:
    """A template by name.

    Attributes:
        name: What errors and records call it.
        source: Its text.
    """

    name: str
    source: str

    @classmethod
    def shipped(
        cls, domain: str, bias_type: BiasType, elicitation: Elicitation = WRITTEN
    ) -> "PromptTemplate":
        """Our template of a domain and bias type."""
        name = f"{domain}/{bias_type.template}.jinja"
        if effective(elicitation, bias_type) == "turns":
            source = (CONVERSATIONS / name).read_text(encoding="utf-8")
            return cls(f"conversations/{name}", source)
        return cls(name, (TEMPLATES / name).read_text(encoding="utf-8"))

    @classmethod
    def read(cls, path: Path) -> "PromptTemplate":
        """A user's template.

        Raises:
            DataError: the file cannot be read as text, or is no template.
        """
        try:
            template = cls(path.name, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: cannot be read as a template ({error})") from error
        try:
            _environment(template).parse(template.source)
        except TemplateSyntaxError as error:
            raise DataError(f"{path}: line {error.lineno}: {error.message}") from error
        return template

    def sources(self) -> dict[str, str]:
        """The text of this template and of those of ours that it extends or includes, by name."""
        found = {self.name: self.source}
        waiting = [self.source]
        while waiting:
            for name in meta.find_referenced_templates(_environment(self).parse(waiting.pop())):
                if name is not None and name not in found:
                    found[name] = (TEMPLATES / name).read_text(encoding="utf-8")
                    waiting.append(found[name])
        return found

    def render(
        self, people: tuple[Person, ...], variables: Mapping[str, str], turn: int | None = None
    ) -> str:
        """The prompt.

        Args:
            turn: Of a conversation, from 0; None where there is one prompt alone.

        Raises:
            DataError: the template names what does not exist, or reaches for what the sandbox keeps from it.
        """
        known = {**variables, **({} if turn is None else {"turn": turn})}
        try:
            prompt = _environment(self).get_template(self.name).render(people=people, **known)
        # Whatever else an expression of a user's may do: divide by zero, ask for too long a range.
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise DataError(f"{self.name}: {error} (variables: {', '.join(('people', *known))})") from error
        if not prompt.strip():
            raise DataError(f"{self.name}: the prompt is empty")
        return prompt


@lru_cache(maxsize=16)
def _environment(template: PromptTemplate) -> ImmutableSandboxedEnvironment:
    own = DictLoader({template.name: template.source})
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([own, FileSystemLoader(TEMPLATES)]), undefined=StrictUndefined, autoescape=False
    )
