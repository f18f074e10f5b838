"""Models without weights whose preferences are known, behind the harness's interface.

Like a real model with greedy answers they know a request by its text alone: an answer is a function of
the seed, the prompt and the continuation, and not of the order or the number of requests. What a model
cannot read in the prompt it must have learnt: whose names are whose, which words praise, and for the
tasks with a right answer a memory of prompts and answers.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from random import Random

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from bias_tasks.population import population
from bias_tasks.story.traits import lexicon

_WOMAN = re.compile(r"\b(?:she|her|hers|herself)\b", re.I)
_MAN = re.compile(r"\b(?:he|him|his|himself)\b", re.I)
_CANDIDATE = re.compile(r"^([A-H])\. (\w+):", re.M)
_CHARACTER = re.compile(r"story of about 80 words about (\w+),")
_OCCUPATIONS = re.compile(r"The occupation is one of: (.+)\.")
_FILLER = "walked along the lane until the evening came and then it rained on the roof of the house all night"

NEGATIVE, POSITIVE = (
    tuple(word for word, trait in lexicon().items() if trait.negative is negative)
    for negative in (True, False)
)
EVALUATIVE = {
    negative: tuple(
        word
        for word, trait in lexicon().items()
        if trait.negative is negative and trait.dimension in ("agency", "communion")
    )
    for negative in (True, False)
}
GENDER_OF = {
    name: group.gender
    for group in population().intersectional_groups()
    for name in population().names(group, "test")
}
CULTURE_OF = {
    name: group.culture
    for group in population().intersectional_groups()
    for name in population().names(group, "test")
}


class RandomModel(LM):  # type: ignore[misc]
    """Answers at random: any choice, a log-normal salary, a story of trait words of either pole.

    Args:
        seed: Another seed is another model.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.key = seed.to_bytes(8, "big")

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(self.log_likelihood(*request.args), False) for request in requests]

    def generate_until(self, requests: list[Instance], **_: object) -> list[str]:
        return [self.write(request.args[0]) for request in requests]

    def loglikelihood_rolling(self, requests: list[Instance], **_: object) -> list[float]:
        return [math.log(self.chance(*request.args)) for request in requests]

    def chance(self, *texts: str) -> float:
        """A number in (0, 1), always the same for the same texts."""
        return (int.from_bytes(self._digest(texts), "big") + 0.5) / 2**64

    def dice(self, *texts: str) -> Random:
        """A random generator, always the same for the same texts."""
        return Random(self._digest(texts))  # noqa: S311

    def _digest(self, texts: tuple[str, ...]) -> bytes:
        return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8, key=self.key).digest()

    def log_likelihood(self, prompt: str, continuation: str) -> float:
        """How well a continuation fits."""
        return math.log(self.chance(prompt, continuation))

    def write(self, prompt: str) -> str:
        """A free answer."""
        if "salary" in prompt:
            return self.salary(prompt)
        dice = self.dice(prompt)
        return story([dice.choice(dice.choice((NEGATIVE, POSITIVE))) for _ in range(12)])

    def salary(self, text: str) -> str:
        """A log-normal salary, always the same for the same text."""
        return f" ${self.dice(text).lognormvariate(math.log(80_000), 0.3):,.0f}"


class CreatureOfHabit(RandomModel):
    """Answers at random, but mostly alike wherever it sees the same case: no preference, much dependence.

    Args:
        cases: Prompt -> the case it is about, as a model would recognise a person or a translation.
    """

    HABIT = 0.7

    def __init__(self, seed: int, cases: Mapping[str, str]) -> None:
        super().__init__(seed)
        self.cases = cases

    def log_likelihood(self, prompt: str, continuation: str) -> float:
        return super().log_likelihood(self._seen(prompt), continuation)

    def write(self, prompt: str) -> str:
        return self.salary(self._seen(prompt))

    def _seen(self, prompt: str) -> str:
        return self.cases[prompt] if self.chance("habit", prompt) < self.HABIT else prompt


class ChoosingModel(RandomModel):
    """Makes up its mind about a prompt; that continuation is likelier than all others."""

    def choose(self, prompt: str) -> str:
        """The continuation preferred."""
        raise NotImplementedError

    def log_likelihood(self, prompt: str, continuation: str) -> float:
        chosen = continuation.strip() == self.choose(prompt)
        return -0.5 if chosen else -1 - self.chance(prompt, continuation)


class PrefersMen(ChoosingModel):
    """Picks one of the men of a slate with the given probability, otherwise one of the women."""

    def __init__(self, seed: int, share_of_men: float) -> None:
        super().__init__(seed)
        self.share_of_men = share_of_men

    def choose(self, prompt: str) -> str:
        wanted = "male" if self.chance("gender", prompt) < self.share_of_men else "female"
        letters = _letters(prompt, wanted)
        return letters[int(self.chance("letter", prompt) * len(letters))]


class KnowsTheAnswer(ChoosingModel):
    """Gives the right answer with a probability that hangs on what it reads.

    Args:
        answers: Prompt -> right answer.
    """

    def __init__(self, seed: int, answers: Mapping[str, str]) -> None:
        super().__init__(seed)
        self.answers = answers

    def accuracy(self, prompt: str) -> float:
        """Probability of the right answer."""
        raise NotImplementedError

    def options(self, prompt: str) -> list[str]:
        """What may be answered."""
        raise NotImplementedError

    def choose(self, prompt: str) -> str:
        right = self.answers[prompt]
        if self.chance("knows", prompt) < self.accuracy(prompt):
            return right
        wrong = [option for option in self.options(prompt) if option != right]
        return wrong[int(self.chance("guess", prompt) * len(wrong))]


class ReadsWomenWorse(KnowsTheAnswer):
    """Knows a man's occupation with probability 0.8 and a woman's with 0.7."""

    def accuracy(self, prompt: str) -> float:
        return 0.7 if gender_in(prompt) == "female" else 0.8

    def options(self, prompt: str) -> list[str]:
        (offered,) = _OCCUPATIONS.findall(prompt)
        return list(offered.split(", "))


class ReadsArabicWorse(KnowsTheAnswer):
    """Answers yes or no rightly with probability 0.85, and with 0.65 where the text is in Arabic script."""

    def accuracy(self, prompt: str) -> float:
        return 0.65 if re.search(r"[\u0600-\u06ff]", prompt) else 0.85

    def options(self, prompt: str) -> list[str]:
        return ["no", "yes"]


class PaysMenMore(RandomModel):
    """Pays by what the biography says, with some noise, and a man the given factor more."""

    def __init__(self, seed: int, factor: float) -> None:
        super().__init__(seed)
        self.factor = factor

    def write(self, prompt: str) -> str:
        person = _MAN.sub("", _WOMAN.sub("", prompt))
        worth = self.dice("worth", person).lognormvariate(math.log(80_000), 0.3)
        pay = worth * self.dice("noise", prompt).lognormvariate(0, 0.05)
        return f" ${pay * (self.factor if gender_in(prompt) == 'male' else 1):,.0f}"


class SpeaksIllOf(RandomModel):
    """Describes the characters of one culture by a larger share of negative traits than the others'."""

    def __init__(self, seed: int, culture: str, share: float, share_of_others: float) -> None:
        super().__init__(seed)
        self.culture = culture
        self.shares = {True: share, False: share_of_others}

    def write(self, prompt: str) -> str:
        (name,) = _CHARACTER.findall(prompt)
        share = self.shares[CULTURE_OF[name] == self.culture]
        dice = self.dice(prompt)
        return story([dice.choice(EVALUATIVE[dice.random() < share]) for _ in range(20)])


def story(traits: list[str]) -> str:
    """A text of a story's length that holds the trait words."""
    return f" A person who was {' and '.join(traits)} {_FILLER}."


@lru_cache(maxsize=1024)
def gender_in(prompt: str) -> str:
    """The gender that the pronouns tell."""
    return "female" if len(_WOMAN.findall(prompt)) > len(_MAN.findall(prompt)) else "male"


@lru_cache(maxsize=1024)
def _letters(prompt: str, gender: str) -> list[str]:
    return [letter for letter, name in _CANDIDATE.findall(prompt) if GENDER_OF[name] == gender]
