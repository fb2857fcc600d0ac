"""The bank's first steps, as written in docs/operations.md, on a machine where nothing is yet."""

import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qingshou.cli import commands
from tests.cli.conftest import PASSWORD, ROOT

RUN = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)
EXPORT = {
    "borrower.csv": """\
borrower_no,kind,name,id_number,phone,address,village,industry,employer,public_servant,monthly_income
B001,person,周满仓,990101198001010011,19900001234,青石县城关镇北关村3组12号,北关村,种植,,,4000.00
B002,person,何桂兰,990101198501010022,19900005678,青石县柳沟镇柳沟村1组,柳沟村,商店,,,
""",
    "loan.csv": """\
loan_no,borrower_no,product,branch,principal,annual_rate,penalty_surcharge,basis,method,start,maturity,due_day,compound,guarantee_kind,purpose
L001,B001,小额农户贷款,城关支行,100000.00,7.20,50,actual/360,bullet,2025-06-01,2026-06-01,,none,credit,购买化肥
L002,B002,商户经营贷款,城关支行,50000.00,8.40,50,actual/360,interest_only,2026-01-10,2027-01-10,20,none,guarantee,进货
""",
    "transaction.csv": """\
transaction_no,loan_no,date,kind,amount,rate,reverses,channel
T1,L001,2025-06-01,disbursement,100000.00,,,
T2,L002,2026-01-10,disbursement,50000.00,,,
T3,L001,2026-08-01,repayment,5000.00,,,柜面
""",
}


@pytest.mark.slow
def test_the_first_steps_of_a_bank_work_as_written(installation, tmp_path):
    work, bin_folder = tmp_path / "work", tmp_path / "bin"
    work.mkdir()
    bin_folder.mkdir()
    for name, content in EXPORT.items():
        (work / name).write_text(content, encoding="utf-8")
    command = bin_folder / "qingshou"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m qingshou "$@"\n')
    command.chmod(0o755)
    blocks = RUN.findall((Path(ROOT) / "docs" / "operations.md").read_text(encoding="utf-8"))
    assert len(blocks) == 5
    script = "set -e\n" + "\n".join(blocks)
    environment = installation.variables(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}", QINGSHOU_PASSWORD=PASSWORD)
    done = subprocess.run(["bash", "-c", script], cwd=work, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "拒绝 0" in done.stdout and "日终完成" in done.stdout and done.stdout.count("审计链完好") == 2
    assert (work / "rehearsal" / "qingshou.sqlite3").exists()


def test_the_documents_name_commands_variables_and_files_that_exist():
    operations = (Path(ROOT) / "docs" / "operations.md").read_text(encoding="utf-8")
    security = (Path(ROOT) / "docs" / "security.md").read_text(encoding="utf-8")
    modules = [found.name for found in pkgutil.iter_modules(commands.__path__)]
    known = {importlib.import_module(f"{commands.__name__}.{name}").NAME for name in modules}
    fenced = "".join(re.findall(r"```sh\n(.*?)```", operations, re.DOTALL))
    used = set(re.findall(r"^(?:[A-Z_]+=\S* )*qingshou ([a-z]+)", fenced, re.MULTILINE))
    assert {"init", "import", "dayend", "backup", "restore", "serve"} <= used <= known
    source = "".join(path.read_text(encoding="utf-8") for path in (Path(ROOT) / "qingshou" / "config").glob("*.py"))
    for variable in set(re.findall(r"`(QINGSHOU_[A-Z_]+)`", operations)) - {"QINGSHOU_PASSWORD"}:
        assert variable in source or variable.removeprefix("QINGSHOU_").lower() in source, variable
    for file in set(re.findall(r"`((?:access|store|web|config|cli|api)/[a-z_/]+\.py)`", security)):
        assert (Path(ROOT) / "qingshou" / file).exists(), file
