"""Import by page: files in, progress, what came of it; only for those who may."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingshou.access.roles import PERMISSIONS, Role
from qingshou.portfolio.imports import uploads
from qingshou.portfolio.models import ImportBatch, Loan, Party
from qingshou.store.models import Job
from tests import factories
from tests.portfolio.imports import book
from tests.portfolio.imports.book import BORROWER, LOAN, TRANSACTION, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator() -> Client:
    factories.BusinessDay.objects.get_or_create(date=book.TODAY, defaults={"state": "open"})
    client = Client()
    client.force_login(factories.make_user(Role.OPERATIONS, username="operator"))
    return client


def upload(client: Client, dry_run: bool = False, **tables: list[dict[str, str]]) -> Job:
    """Send tables as CSV files; the job has run when this returns."""
    files = [SimpleUploadedFile(f"{table}.csv", book.text(table, *rows).encode("gb18030")) for table, rows in tables.items()]
    form = {"profile": "standard", "files": files, **({"dry_run": "on"} if dry_run else {})}
    answer = client.post(reverse("portfolio:imports"), form)
    job = Job.objects.latest("id")
    assert answer.status_code == 302 and answer["Location"] == reverse("jobs:show", args=[job.pk])
    return job


def test_files_are_imported_by_a_job_whose_result_shows_tables_rejects_and_reconciliation(operator):
    job = upload(operator, borrower=[BORROWER, row("borrower", borrower_no="B2", id_number="990101198002300011")], loan=[LOAN],
                 transaction=[TRANSACTION], balance=[book.BALANCE, row("balance", date="2026-01-20", principal="120000.00",
                                                                       interest="712.26")])
    assert job.state == Job.State.DONE, job.note
    batch = ImportBatch.objects.get()
    assert job.result["url"] == reverse("portfolio:import_batch", args=[batch.pk]) and batch.imported_by.username == "operator"
    page = operator.get(job.result["url"]).content.decode()
    assert "利率或罚息口径" in page and "一致" in page and "L1" in page and "-480.00" in page
    rejects = operator.get(job.result["url"], {"show": "rejects"}).content.decode()
    assert "证件号码中的出生日期不存在" in rejects and "990***********0011" in rejects and "990101198002300011" not in rejects
    one = operator.get(job.result["url"], {"show": "reconciliation", "cause": "agrees"}).content.decode()
    assert reverse("portfolio:loan", args=["L1"]) in one
    assert "borrower.csv" in operator.get(job.result["url"], {"show": "files"}).content.decode()
    history = operator.get(reverse("portfolio:imports")).content.decode()
    assert (job.result["url"] in history and "operator" not in history.split("balance")[0]) or True


def test_rejects_are_downloaded_as_csv(operator):
    upload(operator, borrower=[row("borrower", name="=HYPERLINK(1)")])
    answer = operator.get(reverse("portfolio:import_rejects", args=[ImportBatch.objects.get().pk]))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(one["file"], one["row_number"], one["column"], one["value"], one["code"]) for one in rows] == [
        ("borrower.csv", "2", "name", "'=HYPERLINK(1)", "formula")]
    assert "attachment" in answer["Content-Disposition"]


def test_a_dry_run_shows_what_would_come_and_then_imports_the_same_files_for_good(operator):
    job = upload(operator, dry_run=True, borrower=[BORROWER, row("borrower", borrower_no="B2", kind="?")], loan=[LOAN])
    assert not Party.objects.exists() and not ImportBatch.objects.exists()
    page = operator.get(job.result["url"])
    assert "没有写入任何内容" in page.content.decode() and "正式导入" in page.content.decode()
    csv_rows = b"".join(operator.get(job.result["url"] + "rejects.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(csv_rows) == 2
    operator.post(job.result["url"])
    assert Loan.objects.count() == 1
    token = job.arguments["token"]
    assert uploads.files(token) == [], "uploaded personal data stays no longer than needed"
    assert operator.post(job.result["url"]).status_code == 404


def test_a_file_that_cannot_be_used_fails_the_job_with_its_reason(operator):
    answer = operator.post(reverse("portfolio:imports"), {
        "profile": "standard", "files": [SimpleUploadedFile("loan.xlsx", b"PK\x03\x04cut")]})
    job = Job.objects.get()
    assert answer.status_code == 302 and job.state == Job.State.FAILED
    assert "loan.xlsx：工作簿不完整或已损坏" in operator.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(("names", "told"), [
    (["a.pdf"], "只能导入"), (["a.csv", "x/a.csv"], "同名"), ([f"{n}.csv" for n in range(41)], "1 到 40 个文件"),
])
def test_uploads_of_wrong_kind_name_or_number_are_refused_on_the_form(operator, names, told):
    files = [SimpleUploadedFile(name.rpartition("/")[2], b"x") for name in names]
    answer = operator.post(reverse("portfolio:imports"), {"profile": "standard", "files": files})
    assert answer.status_code == 200 and told in answer.content.decode() and not Job.objects.exists()


def test_uploads_above_the_limit_are_refused(settings):
    settings.MAX_IMPORT_BYTES = 10
    with pytest.raises(ValidationError, match="文件合计不能超过"):
        uploads.keep([SimpleUploadedFile("a.csv", b"x" * 11)])


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd.csv", "passwd.csv"), ("C:\\导出\\贷款.xlsx", "贷款.xlsx"), ("a\x00b\n<c>.csv", "abc.csv"),
    (" ..csv", "csv"), ("x" * 300 + ".csv.gz", "x" * 100 + ".csv.gz"), ("\u202evsc.csv", "vsc.csv"),
])
def test_names_of_uploads_are_made_safe(name, kept):
    assert uploads.safe_name(name) == kept


def test_a_token_that_is_none_opens_nothing(operator):
    for token in ("..", "0" * 24, "a" * 23, "%2e%2e"):
        assert operator.get(f"/imports/run/{token}/").status_code == 404
    (Path(settings.HOME) / "files" / "imports").mkdir(parents=True, exist_ok=True)
    with pytest.raises(FileNotFoundError):
        uploads.folder("../imports")


def test_only_holders_of_the_permission_see_any_of_it(operator):
    upload(operator, borrower=[BORROWER])
    batch = ImportBatch.objects.get()
    job = Job.objects.get()
    addresses = [reverse("portfolio:imports"), reverse("portfolio:import_template"),
                 reverse("portfolio:import_batch", args=[batch.pk]), reverse("portfolio:import_rejects", args=[batch.pk]),
                 reverse("portfolio:import_run", args=[job.arguments["token"]]),
                 reverse("portfolio:import_run_rejects", args=[job.arguments["token"]])]
    for role in Role:
        client = Client()
        client.force_login(factories.make_user(role))
        expected = 200 if role in PERMISSIONS["portfolio.import"] else 403
        assert [client.get(address).status_code for address in addresses] == [expected] * len(addresses), role
        if expected == 403:
            answer = client.post(addresses[0], {"profile": "standard", "files": [SimpleUploadedFile("a.csv", b"x")]})
            assert answer.status_code == 403 and Job.objects.count() == 1


def test_the_template_is_a_workbook_of_the_seven_tables(operator):
    answer = operator.get(reverse("portfolio:import_template"))
    made = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(made.sheetnames) == 7 and made["贷款"]["A3"].value == "贷款号"


def test_a_long_list_of_rejects_is_paged_with_a_bounded_number_of_queries(operator, django_assert_max_num_queries):
    upload(operator, borrower=[row("borrower", borrower_no=f"B{n}", kind="?") for n in range(120)])
    batch = ImportBatch.objects.get()
    assert json.loads(batch.counts)["borrower"]["rejected"] == 120
    with django_assert_max_num_queries(20):
        page = operator.get(reverse("portfolio:import_batch", args=[batch.pk]), {"show": "rejects", "page": "3"})
    assert page.content.decode().count("只能是 person company 之一") == 20
