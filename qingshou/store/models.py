"""What the store keeps about itself: settings and long-running jobs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Setting(models.Model):
    """A fact about this store: ``demo`` (1 for the demo bank), ``writer`` (the row that writers lock)."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.TextField(blank=True)


class Job(models.Model):
    """Long work that a person asked for and may leave: an import, a day end, a large export.

    The process that does the work reports to ``progress`` (permille) and ``note``; a running job whose ``heard_at`` is
    old has died with its process, and its work was rolled back.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress_permille = models.IntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(progress_permille__range=(0, 1000)), name="job_progress_permille"),
        ]
