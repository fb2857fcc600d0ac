"""Every page of Qingshou and the permission that it asks for. Each room keeps its lines here.

``test_matrix`` asks for each page as each role and as nobody, and fails for a page that stands in no line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.factories import Bank

PUBLIC, SIGNED_IN = "public", "signed in"
Arguments = Callable[[Bank], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """A page: its address by name, who may open it (a permission, "one or another", PUBLIC, SIGNED_IN), how to ask."""

    name: str
    needs: str
    method: str = "get"
    arguments: Arguments = field(default=lambda bank: {})
    data: dict[str, Any] = field(default_factory=dict)
    htmx: bool = False

    @property
    def permissions(self) -> list[str]:
        """Any of them opens it; none where no permission is asked for."""
        return [] if self.needs in (PUBLIC, SIGNED_IN) else self.needs.split(" or ")


def household(bank: Bank) -> dict[str, Any]:
    return {"pk": bank.households[0].pk}


def loan(bank: Bank) -> dict[str, Any]:
    return {"loan_no": bank.loans[0].loan_no}


def user(bank: Bank) -> dict[str, Any]:
    return {"pk": bank.users["risk"].pk}


def unit(bank: Bank) -> dict[str, Any]:
    return {"pk": bank.second.pk}


def posting(bank: Bank) -> dict[str, Any]:
    return {"pk": bank.users["risk"].pk, "posting_pk": bank.users["risk"].postings.get().pk}


def nothing(bank: Bank) -> dict[str, Any]:
    """A record that is not there: who may gets 404, who may not 403."""
    return {"pk": 999_999}


def job(bank: Bank) -> dict[str, Any]:
    from qingshou.store.models import Job

    return {"pk": Job.objects.get_or_create(kind="test", title="试", state="done")[0].pk}


PAGES = [
    # web
    Page("set_language", PUBLIC, "post"),
    Page("home", SIGNED_IN),
    Page("components", SIGNED_IN),
    Page("components_preview", SIGNED_IN, arguments=lambda bank: {"number": 1}),
    Page("components_progress", SIGNED_IN),
    # access
    Page("access:sign_in", PUBLIC),
    Page("access:sign_out", SIGNED_IN, "post"),
    Page("access:account", SIGNED_IN),
    Page("access:users", "users.manage"),
    Page("access:user_new", "users.manage"),
    Page("access:roles", "users.manage"),
    Page("access:user", "users.manage", arguments=user),
    Page("access:user_describe", "users.manage", "post", user),
    Page("access:user_post", "users.manage", "post", user),
    Page("access:posting_end", "users.manage", "post", posting),
    Page("access:user_password", "users.manage", "post", user),
    Page("access:user_deactivate", "users.manage", "post", user),
    Page("access:user_reactivate", "users.manage", "post", user),
    Page("access:user_unlock", "users.manage", "post", user),
    Page("access:units", "users.manage"),
    Page("access:unit", "users.manage", arguments=unit),
    Page("access:unit_rename", "users.manage", "post", unit),
    Page("access:unit_close", "users.manage", "post", unit),
    Page("access:audit", "audit.view"),
    Page("access:unmaskings", "audit.view"),
    Page("access:unmask", "personal.unmask"),
    Page("access:view_save", SIGNED_IN, "post"),
    Page("access:view_delete", SIGNED_IN, "post", lambda bank: {"pk": 1}),
    Page("access:policy", "policy.view"),
    Page("jobs:index", "jobs.view"),
    Page("jobs:show", "jobs.view", arguments=job),
    # portfolio
    Page("portfolio:households", "household.view"),
    Page("portfolio:households_export", "list.export", "post"),
    Page("portfolio:household", "household.view", arguments=household),
    Page("portfolio:payment", "ledger.post", arguments=household),
    Page("portfolio:loans", "household.view"),
    Page("portfolio:loans_export", "list.export", "post"),
    Page("portfolio:loan", "household.view", arguments=loan),
    Page("portfolio:statement", "household.view", arguments=loan),
    Page("portfolio:statement_pdf", "household.view", arguments=loan),
    Page("portfolio:statement_xlsx", "household.view", arguments=loan),
    Page("portfolio:enter", "ledger.post", "post", loan),
    Page("portfolio:confirm", "ledger.post", "post", loan),
    Page("portfolio:level", "level.lower", "post", loan, {"decision": "lower", "level": "loss", "reason": "试"}),
    Page("portfolio:imports", "portfolio.import"),
    Page("portfolio:import_template", "portfolio.import"),
    Page("portfolio:import_run", "portfolio.import", arguments=lambda bank: {"token": "none"}),
    Page("portfolio:import_run_rejects", "portfolio.import", arguments=lambda bank: {"token": "none"}),
    Page("portfolio:import_batch", "portfolio.import", arguments=nothing),
    Page("portfolio:import_rejects", "portfolio.import", arguments=nothing),
    Page("portfolio:search", "household.view"),
    Page("portfolio:suggest", "household.view"),
    # casework
    Page("casework:today", "household.view"),
    Page("casework:next", "household.work", "post"),
    Page("casework:export", "list.export", "post"),
    Page("casework:preview", "household.view", arguments=household, htmx=True),
    Page("casework:finding", "household.work", arguments=household),
    Page("casework:new_task", "household.work", arguments=household),
    Page("casework:hold", "household.work", arguments=household),
    Page("casework:hand_over", "household.assign", arguments=household),
    Page("casework:lift", "household.work", arguments=nothing),
    Page("casework:task", "household.work", arguments=nothing),
    Page("casework:assignments", "household.assign"),
    # contact
    Page("contact:record", "household.work", arguments=household),
    Page("contact:outcome", "household.work", arguments=lambda bank: {"guard_id": 999_999}),
    Page("contact:correct", "household.work", arguments=lambda bank: {"contact_no": "none"}),
    Page("contact:promises", "household.view"),
    # dayend
    Page("dayend:index", "dayend.run or audit.view"),
    Page("dayend:day", "dayend.run or audit.view", arguments=lambda bank: {"on": date(2026, 11, 23)}),
    # calculators
    Page("calculators:index", "calculators.use"),
    Page("calculators:show", "calculators.use", arguments=lambda bank: {"name": "interest"}),
    # insight
    Page("insight:dashboard", "insight.view"),
]
