"""What each role may do: the permission matrix (X1), as data.

A *permission* names one thing that services and queries ask for. A *reach* says how far a role's permissions go:
``own`` (households that the user is custodian of), ``unit`` (households of the unit of the posting and those below it),
``bank`` (all), ``none`` (no borrower's data at all).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COLLECTOR = "collector", _("清收员")
    MANAGER = "manager", _("分部经理")
    OPERATIONS = "operations", _("总部运营")
    LEGAL = "legal", _("法务")
    REVIEWER = "reviewer", _("放款审核")
    RISK = "risk", _("风险管理")
    COMPLIANCE = "compliance", _("合规审计")
    ADMIN = "admin", _("系统管理")


REACH = {
    Role.COLLECTOR: "own",
    Role.MANAGER: "unit",
    Role.OPERATIONS: "bank",
    Role.LEGAL: "bank",
    Role.REVIEWER: "none",
    Role.RISK: "bank",
    Role.COMPLIANCE: "bank",
    Role.ADMIN: "none",
}

# permission -> roles that hold it
PERMISSIONS: dict[str, frozenset[str]] = {
    name: frozenset(roles)
    for name, roles in {
        "household.view": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.RISK, Role.COMPLIANCE},
        "household.work": {Role.COLLECTOR, Role.MANAGER},  # findings, tasks, contacts
        "household.assign": {Role.MANAGER, Role.OPERATIONS},
        "personal.unmask": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.COMPLIANCE},
        "personal.export": {Role.COMPLIANCE},  # XLSX with unmasked columns
        "list.export": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.RISK, Role.COMPLIANCE},
        "ledger.post": {Role.OPERATIONS},  # corrections of the ledger by hand
        "level.lower": {Role.MANAGER, Role.OPERATIONS, Role.RISK},
        "level.raise": {Role.RISK},
        "portfolio.import": {Role.OPERATIONS},
        "dayend.run": {Role.OPERATIONS},
        "insight.view": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.RISK, Role.COMPLIANCE},
        "policy.view": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.REVIEWER, Role.RISK,
                        Role.COMPLIANCE, Role.ADMIN},
        "policy.change": {Role.RISK},
        "calculators.use": {Role.COLLECTOR, Role.MANAGER, Role.OPERATIONS, Role.LEGAL, Role.REVIEWER, Role.RISK,
                            Role.COMPLIANCE, Role.ADMIN},
        "audit.view": {Role.COMPLIANCE},
        "conduct.override": {Role.COMPLIANCE},
        "users.manage": {Role.ADMIN},
        "tokens.manage": {Role.ADMIN},
        "calendar.change": {Role.OPERATIONS},
        "jobs.view": {Role.OPERATIONS, Role.ADMIN},
    }.items()
}
