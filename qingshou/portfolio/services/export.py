"""A list as XLSX (P6): the rows of the field of view, personal columns masked, every export written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from qingshou.access import audit
from qingshou.access.masking import mask_id, mask_phone
from qingshou.access.permissions import require
from qingshou.portfolio.models import Household, Level, Loan, Stage
from qingshou.portfolio.queries import lists
from qingshou.portfolio.templatetags.portfolio import segment_name
from qingshou.web.xlsx import Column, Sheet, workbook

MOST_ROWS = 20_000
CHUNK = 2_000


def export_households(*, user: Any, wanted: lists.Filter, order: list[str], plain: bool = False, reason: str = "") -> bytes:
    """The household list as XLSX, at most ``MOST_ROWS`` rows. *plain*: with whole identity numbers and telephones, for
    holders of ``personal.export`` who state a *reason*. Raises PermissionDenied, ValidationError on ``reason``."""
    rows = lists.households(user, wanted).order_by(*order)
    columns = [Column(_("客户号")), Column(_("借款人"), width=20), Column(_("证件号"), width=22), Column(_("手机号"), width=16),
               Column(_("村"), width=16), Column(_("机构")), Column(_("管户人")), Column(_("阶段")),
               Column(_("逾期天数"), "number"), Column(_("五级分类")), Column(_("小类")), Column(_("本金"), "fen", 16),
               Column(_("利息"), "fen"),
               Column(_("罚息"), "fen"), Column(_("复利"), "fen"), Column(_("费用"), "fen"), Column(_("逾期金额"), "fen", 16),
               Column(_("欠款合计"), "fen", 16), Column(_("最近联系"), "date"), Column(_("截至"), "date")]
    return _export(user, "households", _("户"), rows, columns, _household_row, wanted, plain, reason)


def export_loans(*, user: Any, wanted: lists.Filter, order: list[str], plain: bool = False, reason: str = "") -> bytes:
    """The loan list as XLSX; as :func:`export_households`."""
    rows = lists.loans(user, wanted).order_by(*order)
    columns = [Column(_("合同号"), width=20), Column(_("借款人"), width=20), Column(_("证件号"), width=22),
               Column(_("手机号"), width=16), Column(_("产品"), width=18), Column(_("支行"), width=16), Column(_("机构")),
               Column(_("管户人")), Column(_("合同金额"), "fen", 16), Column(_("年利率"), "ppm"), Column(_("放款日"), "date"),
               Column(_("到期日"), "date"), Column(_("阶段")), Column(_("逾期天数"), "number"), Column(_("五级分类")),
               Column(_("本金"), "fen", 16), Column(_("利息"), "fen"), Column(_("罚息"), "fen"), Column(_("复利"), "fen"),
               Column(_("费用"), "fen"), Column(_("逾期金额"), "fen", 16), Column(_("欠款合计"), "fen", 16),
               Column(_("截至"), "date")]
    return _export(user, "loans", _("贷款"), rows, columns, _loan_row, wanted, plain, reason)


@transaction.atomic
def _export(user: Any, page: str, name: str, rows: QuerySet[Any], columns: list[Column], row: Any, wanted: lists.Filter,
            plain: bool, reason: str) -> bytes:
    require(user, "list.export")
    reason = reason.strip()
    if plain:
        require(user, "personal.export")
        if not reason:
            raise ValidationError({"reason": _("导出完整证件号和手机号，须填写原因。")})
    total = rows.count()
    notes = [_("共 %(total)d 行。") % {"total": total}]
    if total > MOST_ROWS:
        notes = [_("共 %(total)d 行，只导出前 %(most)d 行；请先缩小筛选范围。") % {"total": total, "most": MOST_ROWS}]
    taken = rows[:MOST_ROWS].iterator(chunk_size=CHUNK)
    content = workbook([Sheet(name, columns, _rows(taken, row, plain), notes)])
    audit.record(actor=user, action="portfolio.export", subject=page, reason=reason, after={
        "filters": wanted.told(), "rows": min(total, MOST_ROWS), "of": total, "plain": plain})
    return content


def _rows(found: Iterator[Any], row: Any, plain: bool) -> Iterator[list[Any]]:
    known: dict[tuple[Any, str], str] = {}

    def names(state: Any) -> str:
        key = (state.as_of, state.segment)
        if key not in known:
            known[key] = segment_name(state)
        return known[key]

    for item in found:
        yield row(item, plain, names)


def _personal(party: Any, plain: bool) -> list[str]:
    if plain:
        return [party.id_number, party.phone]
    return [mask_id(party.id_number), mask_phone(party.phone)]


def _name(user: Any) -> str:
    return str(user) if user else ""


def _money(state: Any) -> list[Any]:
    return [getattr(state, name, None) for name in (
        "principal_fen", "interest_owed_fen", "penalty_owed_fen", "compound_owed_fen", "fee_owed_fen", "overdue_fen",
        "total_owed_fen")]


def _standing(state: Any) -> list[Any]:
    if state is None:
        return [None, None, None]
    return [str(Stage(state.stage).label), state.dpd, str(Level(state.level).label)]


def _household_row(household: Household, plain: bool, names: Callable[[Any], str]) -> list[Any]:
    state, borrower = getattr(household, "state", None), household.borrower
    return [borrower.borrower_no or "", borrower.name, *_personal(borrower, plain), household.village, _name(household.unit),
            _name(household.custodian), *_standing(state), names(state) if state else None, *_money(state),
            getattr(state, "last_contact_on", None), getattr(state, "as_of", None)]


def _loan_row(loan: Loan, plain: bool, names: Callable[[Any], str]) -> list[Any]:
    state, household = getattr(loan, "state", None), loan.household
    return [loan.loan_no, loan.borrower.name, *_personal(loan.borrower, plain), loan.product, loan.branch,
            _name(household.unit), _name(household.custodian), loan.principal_fen, loan.rate_ppm, loan.starts_on,
            loan.matures_on, *_standing(state), *_money(state), getattr(state, "as_of", None)]
