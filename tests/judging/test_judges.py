"""Judges and rubrics: found or made from specs, frozen by use."""

from dataclasses import replace

import pytest

from judging.actions.judges import copy_judge, copy_rubric, freeze_judge, judge_for, rubric_for, spec_of, stored
from judging.core.builtin import JUDGES, RUBRICS
from judging.models import Judge, Rubric
from judging.models.judges import FrozenError
from tests.factories import make_judge

pytestmark = pytest.mark.django_db
SPEC = JUDGES["reference"]


def test_makes_the_first_version() -> None:
    judge = judge_for(SPEC)
    assert (judge.name, judge.version, judge.rubric.version) == ("reference", 1, 1)


@pytest.mark.parametrize("name", sorted(JUDGES))
def test_a_stored_judge_says_what_its_spec_said(name: str) -> None:
    assert stored(spec_of(judge_for(JUDGES[name])).as_json()) == stored(JUDGES[name].as_json())


def test_finds_the_version_that_says_the_same() -> None:
    assert judge_for(SPEC) == judge_for(SPEC)
    assert (Judge.objects.count(), Rubric.objects.count()) == (1, 1)


def test_a_changed_judge_is_a_new_version_with_the_same_rubric() -> None:
    first, second = judge_for(SPEC), judge_for(replace(SPEC, samples=3))
    assert second.version == 2
    assert second.rubric == first.rubric


def test_a_changed_rubric_is_a_new_version_of_both() -> None:
    judge_for(JUDGES["verdict"])
    changed = replace(RUBRICS["verdict"], prompts={"": {"user": "{{ answer }}?"}})
    judge = judge_for(replace(JUDGES["verdict"], rubric=changed))
    assert (judge.version, judge.rubric.version) == (2, 2)


def test_going_back_finds_the_version_that_said_it_first() -> None:
    first = judge_for(SPEC)
    judge_for(replace(SPEC, samples=3))
    assert judge_for(SPEC) == first


def test_a_rubric_alone_has_versions_too() -> None:
    assert rubric_for(RUBRICS["verdict"]) == rubric_for(RUBRICS["verdict"])
    assert rubric_for(replace(RUBRICS["verdict"], style="raw")).version == 2


def test_an_imported_judge_has_no_spec() -> None:
    with pytest.raises(ValueError, match="came from a file"):
        spec_of(make_judge("elsewhere"))


def test_an_imported_judge_of_the_same_name_is_another_version() -> None:
    make_judge("reference")
    assert judge_for(SPEC).version == 2


def test_the_first_use_freezes_judge_and_rubric() -> None:
    judge = judge_for(SPEC)
    freeze_judge(judge)
    judge.refresh_from_db()
    first = judge.frozen_at
    freeze_judge(judge)
    judge.refresh_from_db()
    assert first is not None
    assert judge.frozen_at == first
    assert judge.rubric.frozen_at is not None


def test_a_used_judge_cannot_be_changed() -> None:
    judge = judge_for(SPEC)
    freeze_judge(judge)
    judge.model = "another"
    with pytest.raises(FrozenError, match="reference v1 was used by a run"):
        judge.save()


def test_a_used_rubric_cannot_be_changed_or_deleted() -> None:
    judge = judge_for(SPEC)
    freeze_judge(judge)
    with pytest.raises(FrozenError):
        judge.rubric.save(update_fields=["prompts"])
    with pytest.raises(FrozenError):
        judge.delete()


def test_an_unused_judge_can_be_changed() -> None:
    judge = judge_for(SPEC)
    judge.model = "another"
    judge.save()
    assert Judge.objects.get().model == "another"


def test_a_copy_of_a_used_judge_is_a_new_version_that_can_be_changed() -> None:
    judge = judge_for(SPEC)
    freeze_judge(judge)
    copied = copy_judge(judge)
    copied.samples = 5
    copied.save()
    assert (copied.version, Judge.objects.get(pk=judge.pk).samples) == (2, 1)


def test_a_copy_of_a_used_rubric_is_a_new_version_that_can_be_changed() -> None:
    judge = judge_for(SPEC)
    freeze_judge(judge)
    copied = copy_rubric(judge.rubric)
    copied.prompts = {"": {"user": "?"}}
    copied.save()
    assert (copied.version, Rubric.objects.get(pk=judge.rubric_id).prompts) == (2, {})


def test_an_update_of_many_rows_knows_the_guard_too() -> None:
    judge = judge_for(SPEC)
    Judge.objects.filter(pk=judge.pk).update(model="another")
    freeze_judge(judge)
    with pytest.raises(FrozenError, match="reference v1"):
        Judge.objects.filter(name="reference").update(model="a third")
    assert Judge.objects.get().model == "another"
