"""qingshou import PROFILE FILE..."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from qingshou.cli.main import main
from qingshou.portfolio.models import Party
from tests.portfolio.imports import book
from tests.portfolio.imports.book import BORROWER, LOAN, row

pytestmark = pytest.mark.django_db(transaction=True)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_it_ends_with_counts_and_writes_each_files_rejects_beside_it(tmp_path, capsys):
    paths = book.write(tmp_path, borrower=[BORROWER, row("borrower", borrower_no="B2", kind="?")], loan=[LOAN])
    status, out, _ = run(capsys, "import", "standard", *paths)
    assert status == 0 and out.splitlines()[-1] == "合计：接受 2，未变 0，拒绝 1"
    rejects = tmp_path / "borrower.csv.rejects.csv"
    assert [found["row_number"] for found in csv.DictReader(rejects.read_text(encoding="utf-8").splitlines())] == ["3"]
    assert not (tmp_path / "loan.csv.rejects.csv").exists()
    paths = book.write(tmp_path, borrower=[BORROWER])
    status, out, _ = run(capsys, "import", "standard", *paths)
    assert out.splitlines()[-1] == "合计：接受 0，未变 1，拒绝 0" and not rejects.exists(), "stale rejects mislead"


def test_json_tells_the_same_for_machines(tmp_path, capsys):
    paths = book.write(tmp_path, borrower=[BORROWER], loan=[row("loan", principal="-1")], balance=[book.BALANCE])
    status, out, _ = run(capsys, "import", "standard", *paths, "--json")
    told = json.loads(out)
    assert status == 0
    assert (told["taken"], told["unchanged"], told["rejected"], told["dry_run"]) == (1, 0, 2, False)
    assert told["tables"]["loan"] == {"read": 1, "taken": 0, "changed": 0, "unchanged": 0, "rejected": 1, "skipped": 0}
    assert [Path(path).name for path in told["rejects"]] == ["loan.csv.rejects.csv", "balance.csv.rejects.csv"]


def test_a_dry_run_says_so_and_writes_nothing(tmp_path, capsys):
    paths = book.write(tmp_path, borrower=[BORROWER])
    status, out, _ = run(capsys, "import", "standard", *paths, "--dry-run")
    assert status == 0 and "试运行，没有写入任何内容。" in out and not Party.objects.exists()


def test_what_cannot_be_used_is_refused_on_standard_error_with_status_1(tmp_path, capsys):
    bad = tmp_path / "loan.csv"
    bad.write_text("loan_no\n1\n")
    for arguments, told in (
        (("standard", bad), "loan.csv：缺少列"), (("standard", tmp_path / "none.csv"), "没有这个文件"),
        (("nobody", bad), "没有名为 nobody 的导入方案"), (("standard",), "请写明要导入的文件"),
        (("loan_payments", "--template", tmp_path / "x.xlsx"), "只有标准格式有模板"),
    ):
        status, out, err = run(capsys, "import", *arguments)
        assert (status, out) == (1, "") and told in err and "Traceback" not in err


def test_without_arguments_it_lists_the_profiles(capsys):
    status, out, _ = run(capsys, "import")
    assert status == 0 and out.startswith("standard\t标准格式") and "berka" in out


def test_the_template_is_written(tmp_path, capsys):
    target = tmp_path / "模板.xlsx"
    status, out, _ = run(capsys, "import", "standard", "--template", target)
    assert status == 0 and str(target) in out
    assert openpyxl.load_workbook(target).sheetnames[0] == "借款人"


def test_two_files_of_one_name_in_two_folders_keep_their_rejects_apart(tmp_path, capsys):
    for folder, number in (("a", "B1"), ("b", "B2")):
        (tmp_path / folder).mkdir()
        book.write(tmp_path / folder, borrower=[row("borrower", borrower_no=number, kind="?" if folder == "b" else "person")])
    status, out, _ = run(capsys, "import", "standard", tmp_path / "a" / "borrower.csv", tmp_path / "b" / "borrower.csv")
    assert status == 0 and out.splitlines()[-1] == "合计：接受 1，未变 0，拒绝 1"
    assert not (tmp_path / "a" / "borrower.csv.rejects.csv").exists()
    assert (tmp_path / "b" / "borrower.csv.rejects.csv").exists()
