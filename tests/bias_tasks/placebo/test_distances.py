"""Changed words, against cases counted by hand."""

import pytest

from bias_tasks.placebo.distances import by_group, by_placebo, changed_words, words


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("She drew it.", "He drew it.", 1),
        ("tea and cake", "tea & cake", 1),
        ("A. Rita: two awards", "A. Joana: two awards", 1),
        ("one two three", "one three", 1),
        ("uno dos", "um dois tres", 3),
        ("the same", "the same", 0),
    ],
)
def test_words_that_differ_are_counted(before: str, after: str, changed: int) -> None:
    assert changed_words(before, after) == changed == changed_words(after, before)


def test_each_chinese_character_is_a_word() -> None:
    assert words("他去 2024 Porto's 医院") == ["他", "去", "2024", "Porto's", "医", "院"]


def test_documents_of_a_cluster_are_held_against_one_another_and_twins_against_their_own() -> None:
    prompts = ["she came", "he came", "she left", "he went"]
    assert list(by_group(prompts, ["1", "1", "2", "2"])) == [1, 2]
    assert list(by_placebo(prompts, ["she arrived", "he arrived", "she left", "he left"])) == [1, 1, 0, 1]
