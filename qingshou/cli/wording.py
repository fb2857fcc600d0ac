"""argparse's own words in Chinese. It asks ``gettext`` for them and ships no catalogue, so we answer in its place."""

from __future__ import annotations

import argparse
from typing import Any

TEXTS = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示帮助",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)s，可用：%(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不是有效的 %(type)s",
    "expected one argument": "需要一个值",
    "expected at least one argument": "至少需要一个值",
    "expected at most one argument": "最多一个值",
    "not allowed with argument %s": "不能与 %s 同用",
    "one of the arguments %s is required": "需要其中之一：%s",
    "ambiguous option: %(option)s could match %(matches)s": "选项 %(option)s 不明确，可能是 %(matches)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
}


_OWN = argparse._  # type: ignore[attr-defined]


def speak(language: str) -> None:
    """Make argparse look its texts up here, or again where it does by itself."""
    module: Any = argparse
    module._ = _OWN if language == "en" else lambda text: TEXTS.get(text, text)
