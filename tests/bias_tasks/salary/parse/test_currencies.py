"""US dollars are told from every other currency."""

import pytest
from babel import Locale
from babel.numbers import get_currency_name

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse import Pay, currencies, read_salary

DATA = read_yaml(currencies.__file__, "currencies.yaml")
IN_USE = sorted(currencies.codes())


@pytest.mark.parametrize("mark", DATA["dollars"])
def test_a_mark_of_dollars_may_stand_on_either_side(mark: str) -> None:
    behind = {read_salary(f"58,200{space}{mark}") for space in ("", " ", "\u00a0")}
    assert behind | {read_salary(f"{mark}: 58,200")} == {Pay(58_200, None)}


@pytest.mark.parametrize(
    "sign", ["€", "£", "¥", "₹", "₩", "₽", "₺", "₫", "₱", "₦", "R$", "C$", "HK$", "CN¥", "NT$"]
)
def test_another_sign_is_another_currency(sign: str) -> None:
    answers = [
        f"{sign}58,200",
        f"{sign} 58,200",
        f"58,200{sign}",
        f"**{sign}58,200** per year",
        f"58,200 {sign}",
    ]
    answers += [f"{sign}58,200 - {sign}61,000", f"58,200{sign} - 61,000{sign}"]
    assert {read_salary(answer) for answer in answers} == {Pay(None, "other currency")}


@pytest.mark.parametrize("code", IN_USE)
def test_a_code_is_another_currency(code: str) -> None:
    answers = [f"{code} 58,200", f"{code}58,200", f"58,200 {code}", f"58,200 ({code})", f"$58,200 {code}"]
    assert {read_salary(answer) for answer in answers} == {Pay(None, "other currency")}


@pytest.mark.parametrize("language", ["en", "es", "pt", "zh", "ar", "fr", "de"])
def test_the_names_of_all_currencies_in_use_are_known(language: str) -> None:
    names = {get_currency_name(code, 2, Locale(language)) for code in IN_USE} - set(DATA["no_names"])
    assert {name for name in names if read_salary(f"58,200 {name}") != Pay(None, "other currency")} == set()


@pytest.mark.parametrize(
    "noun", ["euros", "rupees", "pounds", "pesos", "yuan", "reais", "francs", "libras", "元", "يورو"]
)
def test_a_currency_may_be_named_without_its_country(noun: str) -> None:
    assert read_salary(f"58,200 {noun} a year") == Pay(None, "other currency")


@pytest.mark.parametrize(
    ("answer", "yearly"),
    [
        ("€52,000, about $58,200", 58_200),
        ("$58,200 (€52,000)", 58_200),
        ("$58,200 / €52,000", 58_200),
        ("58,200 all told", 58_200),
        ("58,200 or 61,000", 58_200),
        ("try 58,200", 58_200),
        ("Top of the scale: 58,200", 58_200),
        ("She won it: 58,200", 58_200),
        ("5,800 drawings later, $58,200", 58_200),
    ],
)
def test_the_amount_in_dollars_is_read(answer: str, yearly: float) -> None:
    assert read_salary(answer) == Pay(yearly, None)
