"""Which words are cues, and the neutral word for each: the population's and those of `lexicon.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict

from bias_tasks.population import Gender, Population

Cue = Literal["pronoun", "gendered noun", "title", "name", "culture word"]
Role = Literal["subject", "object", "possessive", "independent", "reflexive"]


class Word(NamedTuple):
    """What takes the place of a form.

    Attributes:
        cue: The class that it is counted in.
        neutral: Its neutral word.
        alone: Its neutral word where no noun follows: `her` is *their* in "her work", else *them*.
    """

    cue: Cue
    neutral: str
    alone: str


class Lexicon(NamedTuple):
    """All that is looked for.

    Attributes:
        words: Form -> what takes its place. A form that begins with a capital letter is looked for as it is
            written, any other in any case.
        names_follow: Titles behind which a capitalised word is a name.
        surname_particles: Small words inside a surname.
        stand_in: The neutral word for a name.
        subjects: Pronouns whose verb follows their neutral word into the plural.
        kept: Longer words that only contain a cue.
        kept_patterns: Regular expressions of what looks like a cue and is none.
    """

    words: Mapping[str, Word]
    names_follow: tuple[str, ...]
    surname_particles: tuple[str, ...]
    stand_in: str
    subjects: frozenset[str]
    kept: tuple[str, ...]
    kept_patterns: tuple[str, ...]


class LexiconFile(BaseModel):
    """`lexicon.yaml`; what its fields mean stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: Mapping[Role, str]
    name: str
    noun: str
    plural: str
    adjective: str
    culture: str
    demonyms: str
    pronouns: Mapping[str, tuple[str, ...]]
    nouns: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]
    before_names: tuple[str, ...]
    within_names: tuple[str, ...]
    names: tuple[str, ...]
    cultures: Mapping[str, tuple[str, ...]]
    kept: tuple[str, ...]
    kept_patterns: tuple[str, ...]


def lexicon(population: Population) -> Lexicon:
    """The cues of a population and of `lexicon.yaml`.

    A form that is listed twice has the class of the first of: names, the file's other words, the
    population's. A neutral word is no cue, even in a population that calls one of its groups *they*.
    """
    file = lexicon_file()
    entries = [*_names(population, file), *_listed(file), *_from_population(population, file)]
    neutral = {new.lower() for _, word in entries for new in (word.neutral, word.alone)}
    words: dict[str, Word] = {}
    for form, word in entries:
        if form.lower() not in neutral:
            words.setdefault(form, word)
    plural_subject = file.roles["subject"]
    labels = (label for job in population.occupations.values() for label in (job.label, job.plural))
    return Lexicon(
        words=words,
        names_follow=file.before_names,
        surname_particles=file.within_names,
        stand_in=file.name,
        subjects=frozenset(form for form, word in words.items() if word.neutral == plural_subject),
        kept=(*file.kept, *filter(None, labels)),
        kept_patterns=file.kept_patterns,
    )


@cache
def lexicon_file() -> LexiconFile:
    """`lexicon.yaml` beside this file."""
    text = files(__package__).joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return LexiconFile.model_validate(yaml.safe_load(text))


def _names(population: Population, file: LexiconFile) -> Iterator[tuple[str, Word]]:
    """Names of both splits: a generator is not bound to the split."""
    word = Word("name", file.name, file.name)
    for group in population.intersectional_groups():
        for split in ("train", "test"):
            for name in population.names(group, split):
                yield name, word
    for name in file.names:
        yield name, word


def _listed(file: LexiconFile) -> Iterator[tuple[str, Word]]:
    sections: tuple[tuple[Cue, Mapping[str, tuple[str, ...]]], ...] = (
        ("title", file.titles),
        ("culture word", file.cultures),
        ("gendered noun", file.nouns),
        ("pronoun", file.pronouns),
    )
    for cue, section in sections:
        for neutral, forms in section.items():
            for form in forms:
                yield form, Word(cue, neutral, neutral)


def _from_population(population: Population, file: LexiconFile) -> Iterator[tuple[str, Word]]:
    """Culture words, nouns and pronouns; a population need not fill every field."""
    for culture in population.cultures.values():
        for form in filter(None, (culture.adjective, culture.demonym, culture.language)):
            yield form, Word("culture word", file.culture, file.culture)
        if culture.demonym:
            yield f"{culture.demonym}s", Word("culture word", file.demonyms, file.demonyms)
    for gender in population.genders.values():
        nouns = ((gender.noun, file.noun), (gender.plural, file.plural), (gender.adjective, file.adjective))
        for form, neutral in nouns:
            if form:
                yield form, Word("gendered noun", neutral, neutral)
        yield from _pronouns(gender, file)
    for one, other in permutations(population.genders.values(), 2):
        yield from _pronoun_pairs(one, other, file)


def _pronouns(gender: Gender, file: LexiconFile) -> Iterator[tuple[str, Word]]:
    roles: dict[str, list[Role]] = {}
    for role in get_args(Role):
        roles.setdefault(getattr(gender, role), []).append(role)
    for form, played in roles.items():
        alone = next((role for role in played if role != "possessive"), played[0])
        before_noun = "possessive" if "possessive" in played else alone
        if form:
            yield form, Word("pronoun", file.roles[before_noun], file.roles[alone])


def _pronoun_pairs(one: Gender, other: Gender, file: LexiconFile) -> Iterator[tuple[str, Word]]:
    """`he or she` and `his/her`, one cue each."""
    for role in get_args(Role):
        forms = (getattr(one, role), getattr(other, role))
        if all(forms):
            word = Word("pronoun", file.roles[role], file.roles[role])
            yield " or ".join(forms), word
            yield "/".join(forms), word
