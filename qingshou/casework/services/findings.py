"""What collectors found out about a household (C4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.casework.models import BusinessState, Cause, Finding
from qingshou.casework.queries.findings import ANSWERS, answers
from qingshou.casework.services.field import changed, locked
from qingshou.portfolio.queries.business import business_date

# A claim that turns a household onto another track altogether is not taken on someone's word.
GRAVE: dict[str, set[str]] = {
    "cause": {Cause.DECEASED, Cause.FRAUD, Cause.EVADING},
    "business_state": {BusinessState.FRAUD, BusinessState.WRITE_OFF},
}


def record_finding(*, user: Any, household_id: int, cause: str = "", business_state: str = "", ability: str = "",
                   willingness: str = "", guarantee: str = "", evidence: str = "",
                   found_on: date | None = None) -> Finding:
    """Record a finding; what is left empty keeps its earlier answer.

    *found_on* defaults to the business date. The same finding sent twice in a row is taken once. Raises PermissionDenied,
    Household.DoesNotExist, or ValidationError by field: nothing answered, an unknown answer, a date to come, a grave
    claim without evidence.
    """
    today = business_date()
    given = {"cause": cause, "business_state": business_state, "ability": ability, "willingness": willingness,
             "guarantee": guarantee}
    with transaction.atomic():
        household = locked(user, household_id)
        finding = Finding(household=household, found_on=found_on or today, evidence=evidence.strip(), found_by=user,
                          recorded_at=timezone.now(), **given)
        _check(finding, given, today)
        newest = Finding.objects.filter(household=household).order_by("-id").first()
        if newest is not None and _same(newest, finding):
            return newest
        before = answers([household.pk])[household.pk]
        finding.save(force_insert=True)
        audit.record(actor=user, action="casework.finding", subject=f"household:{household.pk}",
                     before={name: before[name] for name in ANSWERS if given[name]},
                     after={**{name: value for name, value in given.items() if value},
                            "found_on": finding.found_on, "evidence": finding.evidence})
        changed([household.pk])
    return finding


def _check(finding: Finding, given: dict[str, str], today: date) -> None:
    if not any(given.values()):
        raise ValidationError(_("请至少填写一项：原因、经营状况、还款能力、还款意愿或担保条件"))
    if finding.found_on > today:
        raise ValidationError({"found_on": _("调查日期不能晚于业务日 %(day)s") % {"day": today}})
    if not finding.evidence and any(given[name] in grave for name, grave in GRAVE.items()):
        raise ValidationError({"evidence": _("死亡、逃债、骗贷、报损的认定须写明依据")})
    finding.clean_fields(exclude=["household", "found_by"])


def _same(one: Finding, other: Finding) -> bool:
    names = (*ANSWERS, "found_on", "evidence", "found_by_id")
    return all(getattr(one, name) == getattr(other, name) for name in names)
