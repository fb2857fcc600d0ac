"""What is known of households from their findings: the newest answer to each question counts."""

from __future__ import annotations

from collections.abc import Iterable

from qingshou.casework.models import Finding

# The questions that segment a household, after the cause.
QUESTIONS = ("business_state", "ability", "willingness", "guarantee")
ANSWERS = ("cause", *QUESTIONS)


def answers(household_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """For each household, the newest answer to each question ('' where nobody answered). One query.

    The caller has chosen the households within its user's field of view.
    """
    known = {pk: dict.fromkeys(ANSWERS, "") for pk in household_ids}
    rows = Finding.objects.filter(household_id__in=known).order_by("household_id", "found_on", "id")
    for row in rows.values_list("household_id", *ANSWERS):
        said = known[row[0]]
        for name, value in zip(ANSWERS, row[1:], strict=True):
            said[name] = value or said[name]
    return known
