"""Make the package importable from the virtual environment and put the ``qingshou`` command beside its Python."""

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """#!{python}
from qingshou.cli.main import main

if __name__ == "__main__":
    main()
"""


def link() -> None:
    paths = sysconfig.get_paths()
    (Path(paths["purelib"]) / "qingshou.pth").write_text(f"{ROOT}\n")
    command = Path(paths["scripts"]) / "qingshou"
    command.write_text(SCRIPT.format(python=Path(paths["scripts"]) / "python"))
    command.chmod(0o755)


if __name__ == "__main__":
    link()
