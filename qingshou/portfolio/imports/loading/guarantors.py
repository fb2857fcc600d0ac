"""Guarantors: a party each, found by identity number, else by name under the same loan; the guarantee is the link."""

from __future__ import annotations

import re

import polars as pl

from qingshou.portfolio.imports.canonical import GUARANTOR
from qingshou.portfolio.imports.loading.context import HASH, Load, hashed, numbered, without
from qingshou.portfolio.imports.loading.loans import known_loans
from qingshou.portfolio.imports.loading.parties import personal_columns
from qingshou.portfolio.imports.staging import FILE
from qingshou.portfolio.imports.values import ROW
from qingshou.portfolio.models import Guarantee, Party
from qingshou.portfolio.names import initials_many
from qingshou.store import crypto

# The core system does not say whether a guarantor is a company: its name or its credit code does.
_COMPANY = re.compile(r"(公司|合作社|联社|集团|厂|中心|银行|经营部|商行|农场|协会|企业)$")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CARD = re.compile(r"\d{6}(19|20)\d{2}(0[1-9]|1[0-2])[0-3]\d{4}[\dX]")
_BY_ID = {"id_hash": pl.String, "by_id": pl.Int64}
_BY_NAME = {"loan_id": pl.Int64, "name": pl.String, "by_name": pl.Int64, "party_id_hash": pl.String}
_HELD = {"loan_id": pl.Int64, "party_id": pl.Int64, "id": pl.Int64, "known_hash": pl.String}


def load_guarantors(load: Load, chunk: pl.DataFrame) -> None:
    """Link each row's party to its loan; parties that are not known yet are made."""
    rows = chunk.join(known_loans(load, chunk["loan_no"]), on="loan_no", how="left", maintain_order="left")
    orphans = rows.filter(pl.col("loan_id").is_null())
    load.refuse(orphans, GUARANTOR, "loan_no", "no_loan")
    rows = hashed(without(rows, orphans), GUARANTOR)
    rows = rows.with_columns(pl.Series("id_hash", crypto.keyed_hash_many(rows["id_number"]), dtype=pl.String))
    rows = _with_parties(load, rows)
    own = rows.filter(pl.col("party_id") == pl.col("borrower_id"))
    load.refuse(own, GUARANTOR, "name", "guarantor_is_borrower")
    rows = without(rows, own)
    again = rows.filter(~pl.struct("loan_id", "party_id").is_first_distinct())
    firsts = rows.unique(["loan_id", "party_id"], keep="first").select("loan_id", "party_id", other=pl.col(ROW))
    told = again.join(firsts, on=["loan_id", "party_id"], how="left", maintain_order="left")
    load.refuse(again, GUARANTOR, "name", "duplicate", parameters=[{"other": row} for row in told["other"]])
    _link(load, without(rows, again))


def _with_parties(load: Load, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``party_id``, making the parties that are missing."""
    by_id = load.find(rows["id_hash"].filter(rows["id_hash"] != ""),
                      "SELECT p.id_hash, COALESCE(MIN(CASE WHEN p.borrower_no IS NOT NULL THEN p.id END), MIN(p.id)) AS by_id "
                      "FROM import_keys k JOIN portfolio_party p ON p.id_hash = k.key GROUP BY p.id_hash", _BY_ID)
    by_name = load.find(rows["loan_id"], "SELECT g.loan_id, p.name, MIN(p.id) AS by_name, MIN(p.id_hash) AS party_id_hash "
                        "FROM import_keys k JOIN portfolio_guarantee g ON g.loan_id = k.key "
                        "JOIN portfolio_party p ON p.id = g.guarantor_id GROUP BY g.loan_id, p.name", _BY_NAME)
    rows = rows.join(by_id, on="id_hash", how="left", maintain_order="left")
    rows = rows.join(by_name, on=["loan_id", "name"], how="left", maintain_order="left")
    same_name = pl.when((pl.col("id_hash") == "") | (pl.col("party_id_hash") == "")).then("by_name")
    rows = rows.with_columns(party_id=pl.coalesce("by_id", same_name))
    missing = rows.filter(pl.col("party_id").is_null()).with_columns(
        person=pl.when(pl.col("id_hash") != "").then("id_hash").otherwise(pl.format("{}\n{}", "loan_id", "name")))
    if missing.is_empty():
        return rows
    fresh = numbered(missing.unique("person", keep="first", maintain_order=True), load.session.next_id(Party))
    _add_parties(load, fresh)
    made = missing.join(fresh.select("person", made="id"), on="person", how="left").select(FILE, ROW, "made")
    return rows.join(made, on=[FILE, ROW], how="left", maintain_order="left").with_columns(
        party_id=pl.coalesce("party_id", "made")).drop("made")


def _add_parties(load: Load, fresh: pl.DataFrame) -> None:
    kinds = ["company" if _is_company(name, number or "") else "person"
             for name, number in fresh.select("name", "id_number").iter_rows()]
    columns = fresh.select(
        "id", "name", kind=pl.Series(kinds, dtype=pl.String), public_servant=pl.lit(False), made_at=pl.lit(load.now),
        address=pl.lit(""), village=pl.lit(""), industry=pl.lit(""), employer=pl.lit(""), source_hash=pl.lit(""))
    load.session.append(Party, columns.with_columns(
        pl.Series("initials", initials_many(fresh["name"], [kind == "person" for kind in kinds]), dtype=pl.String),
        *personal_columns(fresh)))


def _is_company(name: str, number: str) -> bool:
    if _CARD.fullmatch(number):
        return False
    return bool(_COMPANY.search(name) or _CODE.fullmatch(number))


def _link(load: Load, rows: pl.DataFrame) -> None:
    counts = load.of("guarantor")
    held = load.find(rows["loan_id"], "SELECT g.loan_id, g.guarantor_id AS party_id, g.id, g.source_hash AS known_hash "
                     "FROM import_keys k JOIN portfolio_guarantee g ON g.loan_id = k.key", _HELD)
    rows = rows.join(held, on=["loan_id", "party_id"], how="left", maintain_order="left")
    changed = rows.filter(pl.col("known_hash") != pl.col(HASH))
    new = rows.filter(pl.col("id").is_null())
    counts.unchanged += rows.height - changed.height - new.height
    counts.changed += changed.height
    counts.new += new.height
    load.session.update(Guarantee, _columns(changed).with_columns(changed["id"]))
    load.session.append(Guarantee, numbered(_columns(new), load.session.next_id(Guarantee)))
    _update_parties(load, changed)


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("loan_id", "kind", "amount_fen", HASH, guarantor_id="party_id",
                       agreed_months=pl.col("agreed_months").cast(pl.Int16))


def _update_parties(load: Load, changed: pl.DataFrame) -> None:
    """A party that is no borrower is known only as guarantor: the newest row says its telephone and identity number.
    What a row leaves out stays as it is known."""
    others = load.find(changed["party_id"], "SELECT p.id FROM import_keys k JOIN portfolio_party p ON p.id = k.key "
                       "WHERE p.borrower_no IS NULL", {"id": pl.Int64})
    mine = changed.drop("id").rename({"party_id": "id"}).join(others, on="id", how="semi").unique("id", keep="last")
    personal = mine.select("id", "phone", "id_number").with_columns(*personal_columns(mine))
    with_phone = personal.filter(mine["phone"].is_not_null())
    load.session.update(Party, with_phone.select("id", "phone", "phone_hash", "phone_tail"))
    with_number = personal.filter(mine["id_number"].is_not_null())
    load.session.update(Party, with_number.select("id", "id_number", "id_hash"))
