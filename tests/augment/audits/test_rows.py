"""What an audit reads of a training row."""

from hypothesis import given
from hypothesis import strategies as st

from augment.audits.rows import Passage, clusters_of, passage_of, sample_rows, text_of
from bias_tasks.training_rows import Message, TrainingRow


def row(text: str = "?", cluster: str | None = None) -> TrainingRow:
    return TrainingRow(
        prompt=(Message(role="user", content=text),),
        completion=(Message(role="assistant", content="!"),),
        cluster=cluster,
    )


def test_the_text_is_the_last_user_turn_and_the_completion() -> None:
    prompt = [("system", "s"), ("user", "first"), ("assistant", "a"), ("user", "last")]
    messages = tuple(Message.model_validate({"role": role, "content": text}) for role, text in prompt)
    long = TrainingRow(prompt=messages, completion=(Message(role="assistant", content="end"),))
    assert text_of(long) == "last\nend"
    assert text_of(long.model_copy(update={"prompt": messages[:1]})) == "end"


def test_of_a_survey_row_the_answer_is_embedded_behind_its_question() -> None:
    survey = row("How important?").model_copy(update={"domain": "culture"})
    assert passage_of(survey) == Passage("!", "How important?\n")
    assert passage_of(row("A biography.")) == Passage("A biography.\n!")


def test_a_row_without_a_cluster_is_its_own() -> None:
    assert len(set(clusters_of([row(), row(), row(cluster="a"), row(cluster="a")]))) == 3


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 30), st.integers(0, 3))
def test_a_draw_takes_whole_clusters_and_no_more_rows_than_asked(
    clusters: list[int], most: int, seed: int
) -> None:
    rows = [row(str(place), f"c{cluster}") for place, cluster in enumerate(clusters)]
    chosen = sample_rows(rows, most, seed)
    assert len(chosen) <= most
    taken = {one.cluster for one in chosen}
    assert chosen == [one for one in rows if one.cluster in taken]
    assert len(rows) > most or chosen == rows
    assert chosen == sample_rows(rows, most, seed)
