"""Write what the browser needs and a package brings: Vega with Vega-Lite as one module, so that charts need no network."""

from pathlib import Path

import vl_convert

BUNDLE = Path(__file__).resolve().parent.parent / "qingshou" / "web" / "static" / "web" / "vega-bundle.js"


def write() -> None:
    """Write the bundle unless this version of it is there."""
    mark = f"/* vl-convert {vl_convert.__version__} */\n"
    if BUNDLE.exists() and BUNDLE.read_text(encoding="utf-8").startswith(mark):
        return
    passing = BUNDLE.with_suffix(".part")
    passing.write_text(mark + vl_convert.javascript_bundle(), encoding="utf-8")
    passing.replace(BUNDLE)


if __name__ == "__main__":
    write()
