"""Facts of this room cannot be changed or deleted, by the database's own refusal."""

from django.db import migrations

from qingshou.store.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]
    operations = [
        AppendOnly(
            "portfolio_instalment",
            "portfolio_ledgerevent",
            "portfolio_valuation",
            "portfolio_levelchange",
            "portfolio_leveldecision",
            "portfolio_importbatch",
            "portfolio_reject",
            "portfolio_reconciliation",
        )
    ]
