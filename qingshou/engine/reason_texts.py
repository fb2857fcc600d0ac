"""The Chinese texts of reasons and of the codes that appear in them. English stands in the catalogue."""

TEXTS: dict[str, str] = {
    # classification
    "not_overdue": "逾期 %(dpd)s 天，无下调情形",
    "overdue": "逾期 %(dpd)s 天，至少归为%(level)s",
    "impaired": "已发生信用减值，预期损失 %(loss_ppm)s，至少归为%(level)s",
    "ground": "%(ground_code)s，至少归为%(level)s",
    "elsewhere_overdue": "在所有银行的债务中逾期超过 90 天的占 %(share_ppm)s，超过 %(limit_ppm)s，至少归为%(level)s",
    "restructured": "重组后观察期内（自 %(since)s 起），至少归为%(level)s",
    "restructured_again": "观察期内再次重组，至少归为%(level)s，观察期重新计算",
    "lowered": "人工下调为%(level)s",
    "raised": "已批准上调为%(level)s",
    "held_no_approval": "上调须审批，未批准前仍为%(level)s",
    "held_not_proven": "已批准上调，但尚未还清并按时还款至 %(until)s（自 %(since)s 起），或债务人仍有减值资产，仍为%(level)s",
    "contagion": "同一债务人在本行债务 %(total_fen)s 元中不良 %(bad_fen)s 元，超过 %(limit_ppm)s，全部归为不良",
    # priority
    "held": "已暂停：%(held_code)s",
    "deadline": "法律期限还剩 %(days)s 天",
    "promise_today": "今天是承诺还款日，承诺 %(promise_fen)s 元",
    "promise_soon": "%(days)s 天后是承诺还款日，承诺 %(promise_fen)s 元",
    "value": "逾期 %(overdue_fen)s 元，联系一次（约 %(minutes)s 分钟）可提高还款可能 %(lift_ppm)s，"
             "预计每小时增收 %(per_hour_fen)s 元",
    "can_but_will_not": "有能力但不愿还，联系见效",
    "pays_anyway": "有能力也愿还，多半会自己还",
    "guarantee": "担保有效，可向担保方主张",
    "broken": "已破约 %(count)s 次",
    "public_servant": "有固定工资收入",
    "never_contacted": "还没有联系过",
    "lately": "%(days)s 天前刚联系过，再联系增益较小",
    "early_stage": "%(stage)s（逾期 %(dpd)s 天），越早联系越见效",
    # affordability
    "service_over": "全部债务月供超过收入的 %(limit_ppm)s",
    "not_enough_to_live": "还款后不够生活开支，每月差 %(short_fen)s 元",
    "service_tight": "全部债务月供超过收入的 %(limit_ppm)s，偏紧",
    "little_reserve": "每月结余不足 %(reserve_fen)s 元，偏紧",
    # conduct
    "party_forbidden": "不得向%(party_code)s催收",
    "contact_refused": "该联系人已拒绝，不得再联系",
    "debtor_reachable": "能联系到债务人时，不得联系第三人（无法联系，或连续 %(most)s 次未接通后方可）",
    "hold": "已暂停：%(hold_code)s",
    "visit_alone": "上门须至少 %(least)s 人同行",
    "outside_hours": "只能在 %(from_time)s 至 %(to_time)s 之间",
    "holiday": "法定节假日不安排%(channel)s",
    "too_many": "%(days)s 天内已 %(count)s 次，最多 %(most)s 次",
    "talked_lately": "%(since)s 已通话，%(days)s 天内不得再拨",
    "identify": "先表明身份和所代表的银行，核实对方身份后再谈债务",
    "record": "全程录音录像，保存 %(years)s 年",
    "trace_only": "只询问如何联系债务人，不得透露债务",
    "visit_manner": "佩戴工牌，对方要求离开时立即离开，不收现金",
}

NAMES: dict[str, str] = {
    "normal": "正常", "special_mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失",
    "current": "未逾期", "early": "前期", "middle": "中期", "late": "后期",
    "call": "电话", "message": "短信", "letter": "函件", "visit": "上门", "office": "内勤",
    "borrower": "借款人", "guarantor": "保证人", "contact": "联系人", "stranger": "无关人员",
    "paid": "已还清", "promise": "承诺还款", "complaint": "投诉", "dispute": "异议", "hardship": "困难", "death": "死亡",
    "lawyer": "已委托律师", "bankruptcy": "破产", "consent": "撤回同意",
    "use_changed": "未经同意改变资金用途", "refinanced_untested": "借新还旧且未通过财务困难测试",
    "bad_elsewhere": "同一债务人在其他银行有不良", "rating_fall": "外部评级大幅下调", "evading": "逃废银行债务",
    "liquidation": "已进入破产清算程序", "restructured_again": "观察期内再次重组",
}
