"""The canonical tables: what every profile maps to. Columns, types, bounds, keys, and the order in which they load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingshou.engine.daycount import BASES
from qingshou.engine.money import MAX_FEN

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Field:
    """A column of a canonical table.

    *kind*: text, choice, yes_no, date, amount (fen), rate (ppm), integer, identity. *least* and *most* bound numbers in
    their stored unit; *length* bounds text. *column* is the name of the typed value where it carries a unit.
    """

    name: str
    title: Any
    kind: str = "text"
    required: bool = True
    length: int = 120
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = MAX_FEN

    @property
    def column(self) -> str:
        return self.name + {"amount": "_fen", "rate": "_ppm"}.get(self.kind, "")


@dataclass(frozen=True)
class Table:
    """A canonical table: *key* names the columns that are unique together; *facts* are never changed once taken."""

    name: str
    title: Any
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    facts: bool = False

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


def _maybe(name: str, title: Any, kind: str = "text", **more: Any) -> Field:
    return Field(name, title, kind, required=False, **more)


def _number(name: str, title: Any, **more: Any) -> Field:
    return Field(name, title, "text", length=more.pop("length", 40), **more)


BORROWER = Table("borrower", _("借款人"), (
    _number("borrower_no", _("客户号")),
    Field("kind", _("客户类型"), "choice", choices=("person", "company")),
    Field("name", _("姓名或名称")),
    Field("id_number", _("证件号码"), "identity", length=40),
    _maybe("phone", _("电话"), length=40),
    _maybe("address", _("地址"), length=200),
    _maybe("village", _("村组"), length=60),
    _maybe("industry", _("行业"), length=60),
    _maybe("employer", _("工作单位")),
    _maybe("public_servant", _("公职人员"), "yes_no"),
    _maybe("monthly_income", _("月收入"), "amount"),
), key=("borrower_no",))

LOAN = Table("loan", _("贷款"), (
    _number("loan_no", _("贷款号")),
    _number("borrower_no", _("客户号")),
    Field("product", _("产品"), length=60),
    Field("branch", _("经办机构"), length=60),
    Field("principal", _("贷款金额"), "amount", least=1),
    Field("annual_rate", _("年利率"), "rate", most=1_000_000),
    Field("penalty_surcharge", _("罚息加收"), "rate", most=3_000_000),
    Field("basis", _("计息基础"), "choice", choices=BASES),
    Field("method", _("还款方式"), "choice",
          choices=("equal_instalment", "equal_principal", "interest_only", "bullet", "custom")),
    Field("start", _("起始日"), "date"),
    Field("maturity", _("到期日"), "date"),
    _maybe("due_day", _("还款日"), "integer", least=1, most=31),
    Field("compound", _("复利"), "choice", choices=("none", "monthly", "quarterly")),
    Field("guarantee_kind", _("担保方式"), "choice", choices=("credit", "guarantee", "mortgage", "pledge")),
    _maybe("purpose", _("用途")),
), key=("loan_no",))

INSTALMENT = Table("instalment", _("还款计划"), (
    _number("loan_no", _("贷款号")),
    Field("number", _("期次"), "integer", least=1, most=100_000),
    Field("due", _("应还日"), "date"),
    Field("principal", _("应还本金"), "amount"),
    _maybe("interest", _("应还利息"), "amount"),
), key=("loan_no", "number"), facts=True)

TRANSACTION = Table("transaction", _("交易"), (
    _number("transaction_no", _("交易号"), length=60),
    _number("loan_no", _("贷款号")),
    Field("date", _("交易日"), "date"),
    Field("kind", _("交易类型"), "choice",
          choices=("disbursement", "repayment", "rate_change", "fee", "fee_waiver", "interest_waiver", "write_off",
                   "recovery", "reversal")),
    _maybe("amount", _("金额"), "amount"),
    _maybe("rate", _("利率"), "rate", most=1_000_000),
    _maybe("reverses", _("冲正交易号"), length=60),
    _maybe("channel", _("渠道"), length=20),
), key=("transaction_no",), facts=True)

GUARANTOR = Table("guarantor", _("保证人"), (
    _number("loan_no", _("贷款号")),
    Field("name", _("姓名或名称")),
    _maybe("id_number", _("证件号码"), "identity", length=40),
    _maybe("phone", _("电话"), length=40),
    Field("kind", _("保证方式"), "choice", choices=("joint", "general")),
    _maybe("amount", _("保证金额"), "amount", least=1),
    _maybe("agreed_months", _("约定保证期间（月）"), "integer", least=1, most=600),
), key=("loan_no", "name", "id_number"))

COLLATERAL = Table("collateral", _("抵质押物"), (
    _number("collateral_no", _("押品编号")),
    _number("loan_no", _("贷款号")),
    Field("kind", _("押品种类"), length=40),
    Field("description", _("说明"), length=200),
    _maybe("owner", _("所有人")),
    Field("appraised", _("评估价值"), "amount"),
    Field("appraised_on", _("评估日"), "date"),
    _maybe("rank", _("顺位"), "integer", least=1, most=20),
), key=("collateral_no",))

BALANCE = Table("balance", _("余额"), (
    _number("loan_no", _("贷款号")),
    Field("date", _("余额日"), "date"),
    Field("principal", _("本金"), "amount"),
    Field("interest", _("利息"), "amount"),
    Field("penalty", _("罚息"), "amount"),
    Field("compound", _("复利"), "amount"),
    Field("fees", _("费用"), "amount"),
), key=("loan_no", "date"), facts=True)

# In the order in which they load: a table refers only to those before it.
TABLES: dict[str, Table] = {table.name: table for table in (
    BORROWER, LOAN, INSTALMENT, TRANSACTION, GUARANTOR, COLLATERAL, BALANCE)}
PERSONAL = frozenset({"id_number", "phone", "address"})  # masked wherever a reject is kept or shown
