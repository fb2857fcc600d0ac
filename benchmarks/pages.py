"""Pages at 100,000 borrowers: median and 95th percentile, and how many queries each page asks.

``python -m benchmarks.pages [BORROWERS]`` fills a fresh store (SQLite in a temporary folder, or the PostgreSQL of
``QINGSHOU_DATABASE_URL``) with made-up borrowers and asks for today, households, loans, search and the dashboard again and
again: as the head office, which sees all of them, and as a collector with a field of 100.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

BORROWERS = 100_000
ROUNDS = 40
FIELD = 100  # households of each collector
TODAY = date(2026, 11, 24)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "满仓有田桂兰德贵秀英建国志强春梅海燕玉莲长顺喜来金凤大山小河文斌永福"


def run(borrowers: int = BORROWERS) -> list[dict[str, Any]]:
    """The figures as rows ``name, figure, unit, note``: the median, and in the note the 95th percentile and queries. To be
    called in a process of its own: it sets Django up on a fresh store."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
    os.environ["QINGSHOU_MODE"] = "test"
    os.environ["QINGSHOU_HOME"] = tempfile.mkdtemp(prefix="qingshou-bench-")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    homes, loans = fill(borrowers)
    rows = []
    for name, who, ask in pages(homes, loans):
        median, slow, queries = measure(who, ask)
        rows.append({"name": f"page {name}", "figure": round(median, 1), "unit": "ms median",
                     "note": f"p95 {slow:.1f} ms, {queries} queries"})
    return rows


def main(arguments: list[str]) -> None:
    for row in run(int(arguments[0]) if arguments else BORROWERS):
        print(f"{row['name']:<44}{row['figure']:>10,.1f} {row['unit']:<10} {row['note']}")


def fill(borrowers: int) -> tuple[list[int], list[str]]:
    """Borrowers each with a household, a loan with twelve instalments, seven events and states; a collector for every
    ``FIELD`` of them. Returns some ids of households and numbers of loans."""
    import polars as pl

    from qingshou.access.models import Posting, Unit, User
    from qingshou.portfolio import models
    from qingshou.store import bulk, crypto

    unit = Unit.objects.create(code="HO", name="青石联社", kind="head_office", valid_from=date(2020, 1, 1))
    user = User.objects.create_user("bench", password="no-one-signs-in-here", display_name="测")
    Posting.objects.create(user=user, unit=unit, role="operations", starts_on=date(2020, 1, 1))
    collectors = User.objects.bulk_create(
        User(username=f"c{n}", display_name=f"清{n}") for n in range(max(borrowers // FIELD, 1)))
    Posting.objects.bulk_create(
        Posting(user=collector, unit=unit, role="collector", starts_on=date(2020, 1, 1)) for collector in collectors)
    models.BusinessDay.objects.create(date=TODAY, state="open")
    ids = pl.int_range(1, borrowers + 1, eager=True)
    numbers = ids.to_list()
    names = [SURNAMES[n % len(SURNAMES)] + GIVEN[n * 7 % len(GIVEN)] + GIVEN[n * 13 % len(GIVEN)] for n in numbers]
    sealed = crypto.seal("19900001234")
    parties = pl.DataFrame({
        "id": ids, "borrower_no": [f"B{n:07d}" for n in numbers], "kind": "person", "name": names,
        "initials": [f"{chr(97 + n % 26)}{chr(97 + n * 7 % 26)}{chr(97 + n * 13 % 26)}" for n in numbers],
        "id_number": sealed, "id_hash": [crypto.keyed_hash(f"99010119800101{n:07d}") for n in numbers], "phone": sealed,
        "phone_hash": [crypto.keyed_hash(f"1990{n:07d}") for n in numbers],
        "phone_tail": [f"{n % 10_000:04d}" for n in numbers],
        "address": sealed, "village": [f"{n % 300}村" for n in numbers], "industry": "", "employer": "",
        "public_servant": False, "source_hash": "", "made_at": time.strftime("%Y-%m-%d %H:%M:%S")}).with_columns(
            pl.col("made_at").str.to_datetime(time_zone="UTC"))
    households = pl.DataFrame({"id": ids, "borrower_id": ids, "unit_id": unit.pk,
                               "custodian_id": [collectors[n % len(collectors)].pk for n in numbers],
                               "village": parties["village"], "opened_on": date(2025, 1, 1)})
    start = date(2025, 12, 12)
    loans = pl.DataFrame({
        "id": ids, "loan_no": [f"HT{n:08d}" for n in numbers], "household_id": ids, "borrower_id": ids, "product": "农户贷款",
        "branch": "城关支行", "principal_fen": 1_200_000, "rate_ppm": 72_000, "penalty_surcharge_ppm": 500_000,
        "misused": False, "basis": "actual/360", "method": "custom", "starts_on": start, "matures_on": date(2026, 12, 12),
        "compound": "none", "compound_rate_in_term": "contract", "guarantee_kind": "credit", "purpose": "",
        "failed_debit_fee_fen": 0, "credit_impaired": False, "schedule_version": 1, "source_hash": "",
        "made_at": parties["made_at"]})
    dues = pl.DataFrame({"number": range(1, 13), "due": [date(2026, month, 12) for month in range(1, 13)],
                         "principal_fen": 100_000, "interest_fen": 6_000})
    instalments = loans.select(loan_id="id").join(dues, how="cross").with_columns(version=1)
    paid = pl.DataFrame({"kind": ["disbursement", *["repayment"] * 6],
                         "date": [start, *[date(2026, month, 12) for month in range(1, 7)]],
                         "amount_fen": [1_200_000, *[106_000] * 6]})
    events = loans.select(loan_id="id").join(paid, how="cross").with_row_index("id", offset=1).with_columns(
        event_no=pl.concat_str(pl.lit("T"), pl.col("id").cast(pl.String)), channel=pl.lit("代扣"), source=pl.lit("import"),
        note=pl.lit(""), source_hash=pl.lit(""), recorded_by=pl.lit("system"),
        recorded_at=pl.lit(parties["made_at"][0]))
    with bulk.session() as session:
        session.append(models.Party, parties)
        session.append(models.Household, households)
        session.append(models.Loan, loans)
        session.append(models.Instalment, instalments.with_row_index("id", offset=1))
        session.append(models.LedgerEvent, events)
        for model, frame in states(loans).items():
            session.append(model, frame)
        session.settle_ids(models.Party, models.Household, models.Loan, models.Instalment, models.LedgerEvent)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    step = max(borrowers // ROUNDS, 1)
    return numbers[::step], loans["loan_no"].to_list()[::step]


def states(loans: object) -> dict[type, object]:
    """States that differ from loan to loan, so that sorting and filtering have work to do."""
    import polars as pl
    from django.db import models as fields

    from qingshou.portfolio.models import HouseholdState, LoanState
    from qingshou.store.bulk import schema

    made = {}
    stages = ("current", "early", "middle", "late", "m2", "m3", "d91_180", "d181_270", "d271_360", "d361_plus")
    for model in (LoanState, HouseholdState):
        frame = loans.select(pl.col("id").alias(model._meta.pk.column))
        key = pl.col(model._meta.pk.column)
        columns = {"stage": (key % 10).replace_strict(dict(enumerate(stages)), return_dtype=pl.String),
                   "level": pl.lit("special_mention"), "overdue_fen": key * 7919 % 10_000_019, "dpd": key % 400,
                   "total_owed_fen": key * 104_729 % 20_000_003, "level_reasons": pl.lit("[]"), "reasons": pl.lit("[]"),
                   "segment": pl.lit("unclassified"), "path": pl.lit("small_default")}
        for field in model._meta.concrete_fields:
            if field.column in frame.columns or (field.null and field.column not in columns):
                continue
            kind = schema(model)[field.column]
            blank = TODAY - timedelta(days=1) if isinstance(field, fields.DateField) else 0 if kind == pl.Int64 else ""
            frame = frame.with_columns(columns.get(field.column, pl.lit(blank)).cast(kind).alias(field.column))
        made[model] = frame
    return made


def pages(homes: list[int], loans: list[str]) -> list[tuple[str, str, Callable[[int], str]]]:
    """Each page's name, who asks, and the address to ask for in round *n*."""
    return [
        ("today, a collector", "c0", lambda n: "/today/"),
        ("today, the whole bank", "bench", lambda n: f"/today/?page={n + 1}"),
        ("dashboard, the whole bank, after a change", "bench", lambda n: _forgotten("/dashboard/")),
        ("dashboard, the whole bank, again", "bench", lambda n: "/dashboard/"),
        ("household", "bench", lambda n: f"/households/{homes[n % len(homes)]}/"),
        ("loan", "bench", lambda n: f"/loans/{loans[n % len(loans)]}/"),
        ("statement", "bench", lambda n: f"/loans/{loans[n % len(loans)]}/statement/"),
        ("households, by overdue", "bench", lambda n: f"/households/?page={n + 1}"),
        ("households, stage and amount", "bench", lambda n: f"/households/?stage=m2&least={n}000"),
        ("loans, by borrower", "bench", lambda n: f"/loans/?sort=name&page={n + 1}"),
        ("search, surname", "bench", lambda n: f"/search/?q={SURNAMES[n % len(SURNAMES)]}"),
        ("search, part of a name", "bench", lambda n: f"/search/?q={GIVEN[n % len(GIVEN)]}{GIVEN[(n + 3) % len(GIVEN)]}"),
        ("search, a name that is not there", "bench", lambda n: f"/search/?q=龘{n}"),
        ("search, initials", "bench", lambda n: f"/search/?q={chr(97 + n % 26)}{chr(97 + n * 7 % 26)}"),
        ("search, telephone tail", "bench", lambda n: f"/search/?q={n:04d}"),
        ("search, identity number", "bench", lambda n: f"/search/?q=9901011980010{n:05d}"),
        ("search, contract number", "bench", lambda n: f"/search/?q=HT000{n:03d}"),
    ]


def _forgotten(address: str) -> str:
    """The address, when nothing that was computed before for it is kept."""
    from qingshou.insight.queries import standing

    standing._now.cache_clear()
    return address


def measure(who: str, ask: Callable[[int], str]) -> tuple[float, float, int]:
    """Median and 95th percentile in milliseconds over ``ROUNDS``, and the most queries of a round."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from qingshou.access.models import User

    client = Client()
    client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    client.get(ask(0))
    times, most = [], 0
    for number in range(ROUNDS):
        with CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            answer = client.get(ask(number))
            times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code in (200, 302), f"{ask(number)}: {answer.status_code}"
        most = max(most, len(asked))
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.95)], most


if __name__ == "__main__":
    main(sys.argv[1:])
