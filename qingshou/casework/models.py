"""What casework stores: findings, tasks, assignments, holds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from qingshou.access.models import Unit
from qingshou.portfolio.models import Household


class Cause(models.TextChoices):
    """Why it is overdue (C4)."""

    TURNOVER = "turnover", _("周转：货款未收回")
    CHEQUE = "cheque", _("周转：票据未入账")
    MARKET = "market", _("市场：价格波动")
    FAMILY = "family", _("家庭：婚嫁就学住房")
    SHORT_DEPOSIT = "short_deposit", _("少存还款额")
    WRONG_ACCOUNT = "wrong_account", _("存错折卡")
    DECEASED = "deceased", _("死亡")
    REFUSING = "refusing", _("拒绝还款")
    UNABLE_SHORT = "unable_short", _("短期无力")
    UNABLE_LONG = "unable_long", _("长期无力")
    MOVED_AWAY = "moved_away", _("外出务工")
    EVADING = "evading", _("逃避债务")
    FRAUD = "fraud", _("涉嫌骗贷")


class BusinessState(models.TextChoices):
    NORMAL = "normal", _("正常经营")
    DIFFICULTY = "difficulty", _("经营困难")
    CEASED = "ceased", _("停止经营")
    FRAUD = "fraud", _("涉嫌骗贷")
    WRITE_OFF = "write_off", _("需要报损")


class Ability(models.TextChoices):
    SUFFICIENT = "sufficient", _("足够")
    PARTIAL = "partial", _("部分")
    NONE = "none", _("没有")
    UNKNOWN = "unknown", _("不明")


class Willingness(models.TextChoices):
    WILLING = "willing", _("愿还")
    UNWILLING = "unwilling", _("不愿")
    LOST_CONTACT = "lost_contact", _("失联")
    UNKNOWN = "unknown", _("不明")


class GuaranteeStrength(models.TextChoices):
    EFFECTIVE = "effective", _("有效")
    WEAK = "weak", _("薄弱")
    UNKNOWN = "unknown", _("不明")


class Finding(models.Model):
    """A finding 调查发现 about a household, with its evidence. Append-only; the newest counts, field by field."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="findings")
    found_on = models.DateField()
    cause = models.CharField(max_length=16, choices=Cause.choices, blank=True)
    business_state = models.CharField(max_length=12, choices=BusinessState.choices, blank=True)
    ability = models.CharField(max_length=12, choices=Ability.choices, blank=True)
    willingness = models.CharField(max_length=14, choices=Willingness.choices, blank=True)
    guarantee = models.CharField(max_length=10, choices=GuaranteeStrength.choices, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["household_id", "found_on", "id"]
        indexes = [models.Index(fields=["household", "-found_on", "-id"])]


class Task(models.Model):
    """A piece of work 任务 with one owner; ends only with an outcome."""

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已办")
        POSTPONED = "postponed", _("改期")
        IMPOSSIBLE = "impossible", _("无法办理")
        CANCELLED = "cancelled", _("已取消")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="tasks")
    source = models.CharField(max_length=12)  # path, plan, clock, warning, campaign, person
    path = models.CharField(max_length=24, blank=True)
    step = models.CharField(max_length=40, blank=True)
    episode_on = models.DateField(null=True)  # the oldest unpaid due when the step was made: one run of the path
    title = models.CharField(max_length=120)
    channel = models.CharField(max_length=12)
    target = models.CharField(max_length=12, blank=True)  # borrower, guarantor, contact
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="tasks")
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    postponed_to = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    made_on = models.DateField()

    class Meta:
        ordering = ["due", "id"]
        indexes = [models.Index(fields=["owner", "state", "due"]), models.Index(fields=["household", "state"]),
                   models.Index(fields=["ended_on", "household"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open") | ~models.Q(outcome="", reason=""), name="task_ends_with_an_outcome"),
            models.UniqueConstraint(fields=["household", "path", "step", "episode_on", "due"],
                                    condition=models.Q(source="path"), name="path_step_once"),
        ]


class Hold(models.Model):
    """A hold 暂停 on collection: what stops it, from when to when. Lifting it is an end date given by a new fact."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("投诉")
        DISPUTE = "dispute", _("异议")
        HARDSHIP = "hardship", _("困难")
        DEATH = "death", _("死亡")
        LAWYER = "lawyer", _("已委托律师")
        BANKRUPTCY = "bankruptcy", _("破产")
        CONSENT = "consent", _("撤回同意")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifts = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="lifted_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["household_id", "starts_on", "id"]


class Assignment(models.Model):
    """Responsibility 责任: which collector works a household from a day to a day (exclusive), and why."""

    class Why(models.TextChoices):
        FIELD = "field", _("责任田")
        ROTATION = "rotation", _("交叉轮换")
        BEST = "best_combination", _("最佳组合")
        LEAVE = "leave", _("请假代管")
        HANDOVER = "handover", _("移交")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    why = models.CharField(max_length=16, choices=Why.choices, default=Why.FIELD)

    class Meta:
        ordering = ["household_id", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=models.Q(ends_on__isnull=True),
                                    name="one_current_assignment"),
        ]
        indexes = [models.Index(fields=["collector", "ends_on"])]
