"""A guard's decision names whom and with whom; a correction of a contact needs no decision of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qingshou.store.appendonly import AppendOnly, Reopen

CHANGED = ("contact_guarddecision", "contact_contactattempt")


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        Reopen(*CHANGED),
        migrations.RemoveConstraint(model_name="contactattempt", name="contact_has_guard_decision"),
        migrations.AddField(
            model_name="guarddecision", name="companion",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                    to=settings.AUTH_USER_MODEL)),
        migrations.AddField(
            model_name="guarddecision", name="party",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                    to="portfolio.party")),
        migrations.AddField(
            model_name="guarddecision", name="person",
            field=models.CharField(blank=True, default="", max_length=120)),
        migrations.AddField(
            model_name="guarddecision", name="task",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                    to="casework.task")),
        migrations.AddConstraint(
            model_name="contactattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", "import"), ("guard__isnull", False), ("corrects__isnull", False),
                                   _connector="OR"),
                name="contact_has_guard_decision")),
        migrations.AddConstraint(
            model_name="contactattempt",
            constraint=models.UniqueConstraint(condition=models.Q(("corrects__isnull", False)), fields=("corrects",),
                                               name="contact_corrected_once")),
        AppendOnly(*CHANGED),
    ]
