"""The genders of our names, held against sources that others made.

Arabic, Portuguese and Spanish names are looked up in the name dictionary of Jörg Michael, in the column of
their country. It calls every Chinese name unisex, because pinyin hides the characters; Chinese names are
compared with those that Faker draws for Chinese locales, read out in pinyin. Faker also lists Spanish and
Portuguese names.
"""

from functools import cache
from importlib import import_module
from typing import NamedTuple

import pytest
from gender_guesser.detector import Detector
from pypinyin import lazy_pinyin

from bias_tasks.population import population

COUNTRIES = {"arabic": "arabia", "portuguese": "portugal", "spanish": "spain"}
LOCALES = {
    "chinese": ("zh_CN", "zh_TW"),
    "portuguese": ("pt_BR", "pt_PT"),
    "spanish": ("es_AR", "es_CL", "es_CO", "es_ES", "es_MX"),
}
OTHER = {"female": "male", "male": "female"}
LISTED_AS_BOTH = {"Guadalupe", "Rosario"}
"""Women's names that Faker also has among the men of a Spanish locale."""


class Ours(NamedTuple):
    """A name of the population, of any part of the split."""

    name: str
    culture: str
    gender: str


NAMES = [
    Ours(name, group.culture, group.gender)
    for group in population().intersectional_groups()
    for split in ("train", "test", "twin")
    for name in population().names(group, split)
]


@cache
def dictionary() -> Detector:
    return Detector()


@cache
def listed(culture: str, gender: str) -> frozenset[str]:
    """The first names of a gender in Faker's locales of a culture, Chinese ones in pinyin."""
    names: set[str] = set()
    for locale in LOCALES[culture]:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        names |= set(getattr(provider, f"first_names_{gender}"))
    return frozenset(
        "".join(lazy_pinyin(name)).capitalize() if culture == "chinese" else name for name in names
    )


def found(culture: str) -> list[Ours]:
    """Our names of a culture that Faker has too."""
    everyone = listed(culture, "female") | listed(culture, "male")
    return [one for one in NAMES if one.culture == culture and one.name in everyone]


@pytest.mark.parametrize("culture", COUNTRIES)
def test_the_dictionary_knows_every_name_in_its_country_and_with_our_gender(culture: str) -> None:
    ours = [one for one in NAMES if one.culture == culture]
    assert len(ours) == 56
    genders = {one: dictionary().get_gender(one.name, COUNTRIES[culture]) for one in ours}
    assert {o.name: g for o, g in genders.items() if g.removeprefix("mostly_") != o.gender} == {}


def test_the_dictionary_holds_pinyin_alone_to_tell_no_gender() -> None:
    chinese = Detector(case_sensitive=False)  # it writes WeiGuo
    genders = {chinese.get_gender(one.name, "china") for one in NAMES if one.culture == "chinese"}
    assert genders == {"andy"}


@pytest.mark.parametrize(
    ("culture", "share"),
    [("chinese", 0.55), ("portuguese", 0.9), ("spanish", 1)],
    ids=lambda value: str(value),
)
def test_a_second_list_has_a_good_share_of_our_names(culture: str, share: float) -> None:
    assert len(found(culture)) >= share * 56


@pytest.mark.parametrize("culture", LOCALES)
def test_a_name_on_a_second_list_is_there_with_our_gender(culture: str) -> None:
    assert [one for one in found(culture) if one.name not in listed(culture, one.gender)] == []


@pytest.mark.parametrize("culture", LOCALES)
def test_a_name_on_a_second_list_is_there_with_no_other_gender(culture: str) -> None:
    both = {one.name for one in found(culture) if one.name in listed(culture, OTHER[one.gender])}
    assert both <= LISTED_AS_BOTH


def test_a_name_put_under_the_wrong_gender_would_be_noticed() -> None:
    assert dictionary().get_gender("Omar", "arabia") == "male"
    assert "Jianguo" not in listed("chinese", "female")
    assert "Carlos" not in listed("spanish", "female")
