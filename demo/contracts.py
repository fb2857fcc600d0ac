"""The loans of the demo bank's customers: terms, schedules, guarantees, collateral; and who stopped paying long ago."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from demo import customers, places
from demo.draw import Draw
from qingshou.engine import schedule
from qingshou.engine.fold import settlement_dues

# Share of a division's households that had stopped paying before the story begins (四部 far away and of poor quality,
# 二部 small and good, 法律部 what went to court: E7).
OLD_STOCK = {"D1": 0.13, "LAW": 0.92, "D2": 0.08, "D3": 0.16, "D4": 0.30}
COMPANIES_LOST = 0.25  # companies and developers were lost less often than people
CAUSES = ("turnover", "market", "family", "unable_long", "unable_short", "moved_away", "refusing", "evading", "deceased",
          "fraud")
CAUSE_WEIGHTS = (0.20, 0.16, 0.10, 0.17, 0.06, 0.15, 0.07, 0.05, 0.03, 0.01)


@dataclass
class Contract:
    """One loan; ``household`` is the index of its customer."""

    household: int
    loan_no: str
    product: places.Product
    principal_fen: int
    rate_ppm: int
    start: date
    maturity: date
    guarantee_kind: str
    purpose: str
    guarantors: list[customers.Person] = field(default_factory=list)
    collateral: tuple[str, str, int, date] | None = None  # kind, description, appraised fen, on


def make(people: list[customers.Customer], *, begins: date, ends: date, draw: Draw) -> list[Contract]:
    """1.4 loans a household on average; the loans of old stock began early and were lost before *begins*."""
    registry = customers.Registry(draw, first=200_000)  # apart from the borrowers' numbers
    made: list[Contract] = []
    for index, customer in enumerate(people):
        share = OLD_STOCK[customer.division.code] * (COMPANIES_LOST if customer.customer == "company" else 1)
        lost = draw.chance(share) and customer.customer != "developer"
        if customer.customer == "developer" and index == 1:
            lost = True  # the second developer's project stands still
        fitting = [item for item in places.PRODUCTS if customer.customer in item.customers]
        loans = 1 + draw.chance(0.33) + draw.chance(0.07)
        for number in range(loans):
            product = draw.weighted(fitting, [item.weight for item in fitting])
            made.append(_contract(index, customer, product, lost and number == 0, begins, ends, draw, len(made) + 1))
            _secure(made[-1], customer, draw, registry, made)
        if lost:
            first = made[-loans]
            least = first.start + timedelta(days=120)
            span = max((begins - timedelta(days=25) - least).days, 1)
            # More were lost lately than long ago.
            ago = int(span * float(draw.unit()) ** 2.2)
            customer.nature.lost_on = begins - timedelta(days=25 + ago)
            customer.nature.lost_cause = draw.weighted(CAUSES, CAUSE_WEIGHTS)
    return made


def _contract(index: int, customer: customers.Customer, product: places.Product, lost: bool, begins: date, ends: date,
              draw: Draw, number: int) -> Contract:
    months = draw.pick(product.months)
    if lost:
        start = begins - timedelta(days=draw.between(300, 1_700))
    elif months > 60:
        start = begins - timedelta(days=draw.between(60, 1_500))
    else:
        start = begins + timedelta(days=draw.between(-min(months, 20) * 29, (ends - begins).days - 60))
    unit = 1_000 if product.yuan[1] < 100_000 else 10_000
    yuan = draw.between(product.yuan[0] // unit, product.yuan[1] // unit) * unit
    rate = draw.between(product.rate_ppm[0] // 500, product.rate_ppm[1] // 500) * 500
    return Contract(index, f"QS{start.year}{number:06d}", product, yuan * 100, rate, start, _later(start, months),
                    draw.pick(product.guarantee), draw.pick(product.purpose))


def _later(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, min(start.day, 28))


def _secure(contract: Contract, customer: customers.Customer, draw: Draw, registry: customers.Registry,
            made: list[Contract]) -> None:
    if contract.guarantee_kind == "guarantee":
        known = [person for other in made if other.household == contract.household for person in other.guarantors]
        for _ in range(1 + draw.chance(0.25)):
            person = draw.pick(known) if known and draw.chance(0.5) else registry.person(
                customer.borrower.village, customer.division.branch, (25, 120))
            if person not in contract.guarantors:
                contract.guarantors.append(person)
    elif contract.guarantee_kind in ("mortgage", "pledge"):
        kind, text = {
            "mortgage": draw.pick((("房产", "住宅一套"), ("房产", "商铺一间"), ("土地使用权", "工业用地"))),
            "pledge": draw.pick((("存单", "定期存单质押"), ("应收账款", "货款应收账款质押"))),
        }[contract.guarantee_kind]
        appraised = contract.principal_fen * draw.between(115, 190) // 100
        contract.collateral = (kind, f"{customer.borrower.village}{text}", appraised - appraised % 100_000, contract.start)


def terms(contracts: list[Contract]) -> pl.DataFrame:
    """The contracts as the fold takes them; ``loan_id`` and ``household_id`` count from 1."""
    rows: list[dict[str, Any]] = [
        {
            "loan_id": number, "household_id": item.household + 1, "principal_fen": item.principal_fen,
            "rate_ppm": item.rate_ppm, "start": item.start, "maturity": item.maturity, "method": item.product.method,
            "penalty_surcharge_ppm": 500_000, "basis": "actual/360",
            # Interest that falls due only with the principal bears no compound interest before maturity.
            "compound": "none" if item.product.method == "bullet" else item.product.compound,
        }
        for number, item in enumerate(contracts, 1)
    ]
    return pl.DataFrame(rows)


def dues(loans: pl.DataFrame) -> pl.DataFrame:
    """Instalments of all loans: monthly for equal instalments, on settlement days for the others."""
    monthly = loans.filter(pl.col("method") == "equal_instalment")
    settled = loans.filter(pl.col("method") != "equal_instalment")
    columns = ["loan_id", "number", "due", "principal_fen", "interest_fen"]
    pieces = [
        schedule.dues_for_terms(monthly.with_columns(due_day=pl.lit(None, dtype=pl.Int64))).select(columns),
        settlement_dues(settled).select(columns),
    ]
    kinds = {"loan_id": pl.Int64, "number": pl.Int64, "due": pl.Date, "principal_fen": pl.Int64, "interest_fen": pl.Int64}
    return pl.concat([piece.cast(kinds) for piece in pieces]).sort("loan_id", "number")
