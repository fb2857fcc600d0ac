"""What the codes of policy files are called: the entries of their tables, and the words that stand as values."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ENTRIES: dict[str, Any] = {
    "ability": _("还款能力"), "after": _("在此之后"), "after_days": _("满天数"), "becomes": _("改为"),
    "business_state": _("经营状况"), "channel": _("方式"), "channels": _("方式"), "code": _("小类"),
    "complex_days": _("复杂的"), "counts": _("计数"), "current": _("未逾期"), "days": _("期限"), "every_days": _("每隔"),
    "from": _("自"), "from_day": _("自第几天"), "ground": _("事实"), "guarantee": _("担保条件"),
    "guarantee_kind": _("担保方式"), "hold": _("暂停事由"), "kind": _("主体"), "least_ppm": _("至少"), "level": _("分类"),
    "lift_ppm": _("提高"), "loss_at_least_ppm": _("预期损失不低于"), "minutes": _("用时"), "months": _("期限"),
    "most": _("至多"), "most_days": _("最长"), "most_ppm": _("至多"), "name": _("名称"), "non_retail": _("仅非零售"),
    "other": _("其他"), "over": _("超过天数"), "parties": _("对象"), "path": _("路径"), "per": _("按"),
    "periods": _("期数"), "share_ppm": _("占比"), "stage": _("阶段"), "step": _("步骤"), "stops": _("停止"),
    "target": _("对象"), "title": _("事项"), "to": _("至"), "to_day": _("至第几天"), "when": _("情形"),
    "willingness": _("还款意愿"), "within_days": _("以内"), "workdays": _("期限"), "early": _("前期"),
    "middle": _("中期"), "late": _("后期"), "m2": _("M2"), "m3": _("M3"), "d91_180": _("91–180"),
    "d181_270": _("181–270"), "d271_360": _("271–360"), "d361_plus": _("360 天以上"),
}
WORDS: dict[str, Any] = {
    "fee": _("费用"), "interest": _("利息"), "penalty": _("罚息"), "compound": _("复利"), "principal": _("本金"),
    "normal": _("正常"), "special_mention": _("关注"), "substandard": _("次级"), "doubtful": _("可疑"),
    "loss": _("损失"), "call": _("电话"), "message": _("短信"), "letter": _("信函"), "visit": _("上门"),
    "office": _("内勤"), "borrower": _("借款人"), "guarantor": _("保证人"), "contact": _("联系人"),
    "stranger": _("无关第三人"), "contract": _("按合同"), "none": _("无"), "death": _("死亡"), "*": _("全部"),
    "actual/360": _("实际天数/360"), "answered": _("接通次数"), "unanswered": _("未接次数"), "all": _("拨打次数"),
    "party": _("每人"), "number": _("每个号码"), "use_changed": _("改变用途"), "refinanced_untested": _("借新还旧未重新认定"),
    "bad_elsewhere": _("他行不良"), "rating_fall": _("评级下降"), "bankruptcy": _("破产"), "difficulty": _("经营困难"),
    "ceased": _("停止经营"), "liquidation": _("需要报损"), "fraud": _("涉嫌骗贷"), "complaint": _("投诉"),
    "dispute": _("争议"), "hardship": _("困难"), "legal": _("进入法律程序"), "promise": _("承诺还款"),
    "instalments": _("分期"), "mediation": _("调解"), "oldest": _("最早到期的先还"), "violence": _("暴力"),
    "threat": _("威胁"), "insult": _("辱骂"), "harassment": _("骚扰"), "false_identity": _("冒充身份"),
    "false_consequences": _("虚构后果"), "publishing": _("公开欠款"), "unrelated_persons": _("联系无关的人"),
    "minors": _("牵连未成年人"), "taking_cash": _("收取现金"), "not_owed": _("催收不欠的款"), "company": _("企业"),
    "person": _("个人"), "mortgage": _("抵押"), "pledge": _("质押"), "sufficient": _("足够"), "partial": _("部分"),
    "effective": _("有效"), "weak": _("薄弱"), "willing": _("愿还"), "unwilling": _("不愿"), "lost_contact": _("失联"),
    "evading": _("逃避债务"), "overdue": _("逾期"), "paid_off": _("还清之后"), "broken_promise": _("承诺未守"),
    "promise_broken": _("承诺未守"), "current": _("未逾期"), "early": _("前期"), "middle": _("中期"), "late": _("后期"),
    "m2": _("M2"), "m3": _("M3"), "d91_180": _("91–180"), "d181_270": _("181–270"), "d271_360": _("271–360"),
    "d361_plus": _("360 天以上"), "unclassified": _("未归类"), "small_default": _("小额默认路径"),
    "written_off": _("已核销"), "day_after_due": _("应还日次日起算"), "lawyer": _("已委托律师"), "consent": _("撤回同意"),
    "paid": _("已还清"), "mediate": _("调解路径"), "trace": _("失联查找路径"), "write_off": _("需要报损"),
}
