"""Frames of the demo bank's master data, in the columns of the store's tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from demo.contracts import Contract
from demo.customers import Customer, Person
from demo.draw import Draw
from demo.staff import Staff
from qingshou.portfolio.names import initials_many, tail
from qingshou.store import crypto


@dataclass
class Master:
    """Everything that is neither event nor state. Ids count from 1; household n is customer n."""

    parties: pl.DataFrame
    households: pl.DataFrame
    assignments: pl.DataFrame
    loans: pl.DataFrame
    guarantees: pl.DataFrame
    collaterals: pl.DataFrame
    valuations: pl.DataFrame
    relations: pl.DataFrame
    contact_points: pl.DataFrame
    custodian: list[int]  # user id by household
    guarantors: dict[int, list[int]]  # household id -> party ids of its guarantors


def make(people: list[Customer], contracts: list[Contract], staff: Staff, *, opened: date, draw: Draw) -> Master:
    """The tables of *people* and *contracts*, worked by *staff*."""
    now = datetime(opened.year, opened.month, opened.day, 1, tzinfo=UTC)
    persons = [item.borrower for item in people]
    place: dict[int, int] = {}
    for contract in contracts:
        for person in contract.guarantors:
            if id(person) not in place:
                persons.append(person)
                place[id(person)] = len(persons)
    custodian, units = _custodians(people, staff)
    households = pl.DataFrame([
        {"id": number, "borrower_id": number, "unit_id": units[number - 1], "custodian_id": custodian[number - 1],
         "village": item.borrower.village, "longitude_e6": item.longitude_e6, "latitude_e6": item.latitude_e6,
         "opened_on": opened}
        for number, item in enumerate(people, 1)])
    guarantees, guarantors = [], {}
    for number, contract in enumerate(contracts, 1):
        for person in contract.guarantors:
            party = place[id(person)]
            guarantors.setdefault(contract.household + 1, []).append(party)
            guarantees.append({"id": len(guarantees) + 1, "loan_id": number, "guarantor_id": party,
                               "kind": "joint" if draw.chance(0.85) else "general", "amount_fen": None,
                               "agreed_months": draw.pick((None, 24, 36)), "source_hash": ""})
    collaterals, valuations = _collateral(people, contracts, draw)
    return Master(
        parties=_parties(persons, len(people), now), households=households,
        assignments=households.select(
            "id", household_id="id", unit_id="unit_id", collector_id="custodian_id", starts_on=pl.lit(opened),
            ends_on=pl.lit(None, dtype=pl.Date), why=pl.lit("field")),
        loans=_loans(people, contracts, now),
        guarantees=pl.DataFrame(guarantees, schema_overrides={"amount_fen": pl.Int64, "agreed_months": pl.Int64}),
        collaterals=collaterals, valuations=valuations, relations=_relations(people, opened),
        contact_points=_contact_points(people, opened), custodian=custodian, guarantors=guarantors)


def _custodians(people: list[Customer], staff: Staff) -> tuple[list[int], list[int]]:
    """Fields by village: the collectors of a division share its villages, neighbours of a village share a collector."""
    custodian, units, seen = [], [], {}
    for item in people:
        code = item.division.code
        members = staff.collectors[code]
        village = item.division.villages.index(item.borrower.village)
        turn = seen[code, village] = seen.get((code, village), -1) + 1
        per = max(1, len(members) // len(item.division.villages) + 1)
        first = village * len(members) // len(item.division.villages)
        custodian.append(members[(first + turn % per) % len(members)].id)
        units.append(staff.units[code].id)
    return custodian, units


def _parties(persons: list[Person], borrowers: int, now: datetime) -> pl.DataFrame:
    return pl.DataFrame({
        "id": list(range(1, len(persons) + 1)),
        "borrower_no": [f"K{n:06d}" if n <= borrowers else None for n in range(1, len(persons) + 1)],
        "kind": [item.kind for item in persons],
        "name": [item.name for item in persons],
        "initials": initials_many([item.name for item in persons], [item.kind == "person" for item in persons]),
        "id_number": crypto.seal_many(item.id_number for item in persons),
        "id_hash": crypto.keyed_hash_many(item.id_number for item in persons),
        "phone": crypto.seal_many(item.phone for item in persons),
        "phone_hash": crypto.keyed_hash_many(item.phone for item in persons),
        "phone_tail": [tail(item.phone) for item in persons],
        "address": crypto.seal_many(item.address for item in persons),
        "village": [item.village for item in persons],
        "industry": [item.industry for item in persons],
        "employer": [item.employer for item in persons],
        "public_servant": [item.public_servant for item in persons],
        "monthly_income_fen": pl.Series([item.monthly_income_fen for item in persons], dtype=pl.Int64),
        "source_hash": [""] * len(persons),
        "made_at": [now] * len(persons),
    })


def _loans(people: list[Customer], contracts: list[Contract], now: datetime) -> pl.DataFrame:
    return pl.DataFrame([
        {
            "id": number, "loan_no": item.loan_no, "household_id": item.household + 1, "borrower_id": item.household + 1,
            "product": item.product.name, "branch": people[item.household].division.branch,
            "principal_fen": item.principal_fen, "rate_ppm": item.rate_ppm, "penalty_surcharge_ppm": 500_000,
            "misuse_surcharge_ppm": None, "misused": False, "basis": "actual/360", "method": item.product.method,
            "starts_on": item.start, "matures_on": item.maturity, "due_day": None,
            "compound": "none" if item.product.method == "bullet" else item.product.compound,
            "compound_rate_in_term": "contract", "guarantee_kind": item.guarantee_kind, "purpose": item.purpose,
            "failed_debit_fee_fen": 0, "accrual_stops_on": None, "restructured_on": None, "credit_impaired": False,
            "schedule_version": 1, "source_hash": "", "made_at": now,
        }
        for number, item in enumerate(contracts, 1)
    ], schema_overrides={"misuse_surcharge_ppm": pl.Int64, "due_day": pl.Int16, "accrual_stops_on": pl.Date,
                         "restructured_on": pl.Date})


def _collateral(people: list[Customer], contracts: list[Contract], draw: Draw) -> tuple[pl.DataFrame, pl.DataFrame]:
    things, values = [], []
    for number, contract in enumerate(contracts, 1):
        if contract.collateral is None:
            continue
        kind, text, appraised, on = contract.collateral
        things.append({"id": len(things) + 1, "collateral_no": f"DY{number:06d}", "loan_id": number, "kind": kind,
                       "description": text, "owner": people[contract.household].borrower.name, "rank": 1, "source_hash": ""})
        values.append({"id": len(values) + 1, "collateral_id": len(things), "valued_on": on, "amount_fen": appraised,
                       "source": draw.pick(("青石资产评估事务所", "本社内部评估"))})
    return pl.DataFrame(things), pl.DataFrame(values)


def _relations(people: list[Customer], opened: date) -> pl.DataFrame:
    rows = [
        {"party_id": number, "other_id": None, "name": name, "kind": kind, "phone": crypto.seal(phone),
         "phone_tail": phone[-4:], "source": "贷款申请表", "confidence_percent": 80, "starts_on": opened, "ends_on": None}
        for number, item in enumerate(people, 1) for kind, name, phone in item.relations]
    return pl.DataFrame(rows, schema_overrides={"other_id": pl.Int64, "ends_on": pl.Date}).with_columns(
        id=pl.int_range(1, len(rows) + 1))


def _contact_points(people: list[Customer], opened: date) -> pl.DataFrame:
    rows = [
        {"party_id": number, "kind": "phone", "value": crypto.seal(item.second_phone), "tail": item.second_phone[-4:],
         "source": "客户登记", "lawful_basis": "合同约定联系方式", "verified_on": opened, "withdrawn_on": None,
         "seen_on": opened}
        for number, item in enumerate(people, 1) if item.second_phone]
    return pl.DataFrame(rows, schema_overrides={"withdrawn_on": pl.Date}).with_columns(id=pl.int_range(1, len(rows) + 1))

