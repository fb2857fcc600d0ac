"""Borrowers: a party each, and the household that is opened for it."""

from __future__ import annotations

import polars as pl

from qingshou.portfolio.imports.canonical import BORROWER
from qingshou.portfolio.imports.loading.context import HASH, Load, hashed, numbered, texts
from qingshou.portfolio.models import Household, Party
from qingshou.portfolio.names import initials_many, tail
from qingshou.store import crypto

_FOUND = {"borrower_no": pl.String, "id": pl.Int64, "known_hash": pl.String}


def load_borrowers(load: Load, chunk: pl.DataFrame) -> None:
    """New borrowers become parties with households; a party known so far as guarantor only is taken by its identity
    number, not copied; changed ones are updated."""
    counts = load.of("borrower")
    rows = hashed(chunk, BORROWER)
    found = load.find(rows["borrower_no"], "SELECT p.borrower_no, p.id, p.source_hash AS known_hash FROM import_keys k "
                      "JOIN portfolio_party p ON p.borrower_no = k.key", _FOUND)
    rows = rows.join(found, on="borrower_no", how="left", maintain_order="left")
    changed = rows.filter(pl.col("known_hash") != pl.col(HASH))
    new = rows.filter(pl.col("id").is_null()).drop("id", "known_hash")
    counts.unchanged += rows.height - changed.height - new.height
    counts.changed += changed.height
    counts.new += new.height
    if changed.height:
        load.session.update(Party, _party_columns(changed).with_columns(changed["id"]))
        _move_households(load, changed)
    if new.height:
        _add(load, new)


def _add(load: Load, new: pl.DataFrame) -> None:
    columns = _party_columns(new)
    known = load.find(columns["id_hash"].filter(columns["id_hash"] != ""),
                      "SELECT p.id_hash, MIN(p.id) AS id FROM import_keys k JOIN portfolio_party p ON p.id_hash = k.key "
                      "WHERE p.borrower_no IS NULL GROUP BY p.id_hash", {"id_hash": pl.String, "id": pl.Int64})
    firsts = pl.struct("id_hash").is_first_distinct()  # of two customers with one identity number only one takes the party
    columns = columns.with_columns(takes=pl.when(firsts).then("id_hash")).join(
        known, left_on="takes", right_on="id_hash", how="left", maintain_order="left").drop("takes")
    taken = columns.filter(pl.col("id").is_not_null())
    fresh = numbered(columns.filter(pl.col("id").is_null()).drop("id"), load.session.next_id(Party))
    load.session.update(Party, taken)
    load.session.append(Party, fresh.with_columns(made_at=pl.lit(load.now)))
    parties = pl.concat([taken.select("id", "village"), fresh.select("id", "village")])
    load.session.append(Household, numbered(parties.select(
        "village", borrower_id="id", opened_on=pl.lit(load.today)), load.session.next_id(Household)))


def _move_households(load: Load, changed: pl.DataFrame) -> None:
    """A household stands where its borrower lives."""
    households = load.find(changed["id"], "SELECT h.id, h.borrower_id, h.village FROM import_keys k "
                           "JOIN portfolio_household h ON h.borrower_id = k.key",
                           {"id": pl.Int64, "borrower_id": pl.Int64, "village": pl.String})
    now = changed.select(borrower_id="id", now=pl.col("village").fill_null(""))
    moved = households.join(now, on="borrower_id").filter(pl.col("village") != pl.col("now"))
    load.session.update(Household, moved.select("id", village="now"))


def _party_columns(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a party that a borrower's row gives."""
    return rows.select("borrower_no", "kind", "name", *texts("village", "industry", "employer"), HASH, "monthly_income_fen",
                       public_servant=pl.col("public_servant").fill_null(False)).with_columns(
        pl.Series("initials", initials_many(rows["name"], rows["kind"] == "person"), dtype=pl.String), *personal_columns(rows),
        pl.Series("address", crypto.seal_many(rows["address"]), dtype=pl.String))


def personal_columns(rows: pl.DataFrame) -> list[pl.Series]:
    """Identity number and telephone as the store keeps them: sealed, with their keyed hashes and the telephone's tail."""
    phones = rows["phone"].fill_null("").to_list()
    made = {"id_number": crypto.seal_many(rows["id_number"]), "id_hash": crypto.keyed_hash_many(rows["id_number"]),
            "phone": crypto.seal_many(phones), "phone_hash": crypto.keyed_hash_many(phones),
            "phone_tail": [tail(phone) for phone in phones]}
    return [pl.Series(name, values, dtype=pl.String) for name, values in made.items()]
