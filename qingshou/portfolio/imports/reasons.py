"""Why a row or a file is not taken, in words. A code never changes; its text is for people and may be translated."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Any] = {
    # one cell
    "empty": _("此项必填"),
    "no_case": _("这类记录在文件里没有此项（见方案说明）"),
    "too_long": _("超过 %(length)s 个字"),
    "control_character": _("含有不可见的控制字符"),
    "formula": _("单元格是公式，请粘贴为数值后再导入"),
    "merged": _("单元格与其他单元格合并，请取消合并并逐行填写"),
    "error_cell": _("单元格是错误值"),
    "shortened": _("被表格软件写成了科学计数，原来的数字已丢失，请从核心系统重新导出"),
    "digits_lost": _("超过 15 位的数字存成了数值，表格软件已丢失末尾数字，请存成文本后重新导出"),
    "not_a_choice": _("只能是 %(choices)s 之一"),
    "not_yes_no": _("只能是 是 或 否"),
    "not_an_integer": _("须为整数"),
    "not_a_number": _("不是数字"),
    "decimals": _("小数位数过多，不作舍入"),
    "negative": _("不能为负"),
    "zero": _("须大于零"),
    "too_small": _("不能小于 %(least)s"),
    "too_large": _("超出上限"),
    "not_a_date": _("不是日期，或不是方案写明的日期格式"),
    "date_impossible": _("没有这一天"),
    "date_range": _("日期超出 1900 年至 2199 年"),
    "id_characters": _("证件号码含有不应有的字符或过短"),
    "id_birth_date": _("证件号码中的出生日期不存在"),
    "id_shape": _("不是身份证号或统一社会信用代码"),
    "id_check": _("证件号码校验位不符"),
    # one row
    "too_many_cells": _("此行的列数多于表头，可能有未加引号的逗号"),
    "duplicate": _("与本次导入的第 %(other)s 行重复"),
    "maturity_before_start": _("到期日须晚于起始日 %(start)s"),
    "amount_missing": _("这类交易须有金额"),
    "rate_missing": _("利率调整须有新利率"),
    "reverses_missing": _("冲正须写明所冲的交易号"),
    "reverses_itself": _("冲正不能指向自己"),
    # against other rows and the store
    "no_borrower": _("没有这个客户：借款人文件和系统中都没有"),
    "no_loan": _("没有这笔贷款：贷款文件和系统中都没有"),
    "due_before_start": _("应还日早于贷款起始日 %(start)s"),
    "due_order": _("应还日早于上一期的应还日"),
    "schedule_sum": _("各期本金合计 %(sum)s 与贷款金额 %(principal)s 不符，整笔还款计划不收"),
    "before_disbursement": _("交易日早于放款日 %(start)s"),
    "over_disbursed": _("放款累计超过贷款金额 %(principal)s"),
    "reverses_unknown": _("没有所冲的交易，或该交易未被接受"),
    "reverses_other_loan": _("所冲的交易属于另一笔贷款"),
    "reverses_reversal": _("不能冲正一笔冲正"),
    "reversed_twice": _("该交易已被冲正"),
    "reversal_amount": _("冲正金额与原交易金额 %(amount)s 不同"),
    "conflict": _("系统中已有同一编号而内容不同的记录；已发生的事实不能改写，请用冲正和新交易更正"),
    "guarantor_is_borrower": _("保证人就是借款人本人"),
    "before_start": _("余额日早于贷款起始日 %(start)s"),
}


def reason(code: str, **parameters: Any) -> str:
    """The text of a code in the current language."""
    return str(TEXTS[code]) % parameters
