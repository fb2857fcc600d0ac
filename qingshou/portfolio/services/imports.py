"""Import files of a core system, at once or as a job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingshou.access.permissions import require
from qingshou.portfolio.imports import importing, profiles, uploads
from qingshou.portfolio.imports.importing import Outcome, Report
from qingshou.portfolio.imports.profile import Profile
from qingshou.portfolio.queries.business import business_date
from qingshou.portfolio.signals import ledger_changed
from qingshou.store.jobs import ask
from qingshou.store.models import Job
from qingshou.store.policy import current_policy

# Beyond this many households their ranks wait for the next day end: it derives all at once, faster than one by one.
MOST_REFRESHED = 5_000


def _silent(permille: int, note: str) -> None:
    return None


def import_files(*, user: Any, profile: Profile, files: Sequence[tuple[str, Path]], dry_run: bool = False,
                 report: Report = _silent) -> Outcome:
    """Import *files* (name, path) by *profile*: everything in one transaction with its audit entry, or nothing.

    Raises PermissionDenied; ``readers.FileRefused`` for a file that cannot be used; ValidationError while another writer
    holds the store. *report* hears (permille, note).
    """
    require(user, "portfolio.import")
    try:
        outcome = importing.run(
            profile=profile, files=files, actor=user.username, actor_id=getattr(user, "pk", None), today=business_date(),
            now=timezone.now(), policy=current_policy(), dry_run=dry_run, report=report)
    except Exception as error:
        if type(error).__module__.startswith("adbc") and "lock" in str(error).lower():
            raise ValidationError(_("另一项写入（如日终）正占用数据库，请稍后重试。"), code="busy") from error
        raise
    if not dry_run and 0 < len(outcome.household_ids) <= MOST_REFRESHED:
        with transaction.atomic():
            ledger_changed.send(sender=import_files, household_ids=outcome.household_ids, loan_ids=outcome.loan_ids)
    return outcome


def ask_import(*, user: Any, profile: Profile, uploaded: Sequence[UploadedFile], dry_run: bool) -> Job:
    """Keep uploaded files and queue their import as a job. Raises PermissionDenied; ValidationError on the files."""
    require(user, "portfolio.import")
    return _queue(user, profile, uploads.keep(uploaded), dry_run)


def ask_again(*, user: Any, token: str) -> Job:
    """Import for good what a dry run has checked. Raises PermissionDenied; FileNotFoundError when its files are gone."""
    require(user, "portfolio.import")
    told, _rejects = uploads.outcome_of(token)
    if not told["dry_run"] or not uploads.files(token):
        raise FileNotFoundError(token)
    return _queue(user, profiles.find(told["profile"]), token, dry_run=False)


def _queue(user: Any, profile: Profile, token: str, dry_run: bool) -> Job:
    title = _("试导入：%(profile)s") if dry_run else _("导入：%(profile)s")
    return ask("portfolio.import", title % {"profile": profile.title}, {
        "profile": profile.name, "token": token, "dry_run": dry_run}, user)
