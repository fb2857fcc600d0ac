"""Finds the texts that people read: in Python by its syntax tree, in Django templates by their tokens, in policy files."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

# Name of the function -> how many of its arguments come before and how they are meant.
SINGLE = {"_", "N_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
MARKERS = SINGLE | PLURAL | CONTEXT | CONTEXT_PLURAL
CHINESE = re.compile(r"[\u3400-\u9fff]")
IN_TAG = re.compile(r"""_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")
TRANSLATE = re.compile(r"""^(?:translate|trans)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(.*)$""", re.DOTALL)
QUOTED_CONTEXT = re.compile(r"""\bcontext\s+(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True)
class Text:
    where: str
    msgid: str
    plural: str = ""
    context: str = ""


def is_chinese(text: str) -> bool:
    return CHINESE.search(text) is not None


def python_texts(source: str, where: str, every_chinese: bool = False) -> Iterator[Text]:
    """Marked texts; with *every_chinese* also each Chinese string that is not a docstring."""
    tree = ast.parse(source)
    known = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, known, where)
    if every_chinese:
        for constant in _unmarked(tree):
            yield Text(where, constant.value)


def _aliases(tree: ast.Module) -> dict[str, str]:
    """What a marking function is called in this file -> its own name."""
    return {name.asname: name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
            for name in node.names if name.asname and name.name in MARKERS}


def _marker(node: ast.Call, known: dict[str, str]) -> str:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return known.get(name, name)


def _call(node: ast.Call, known: dict[str, str], where: str) -> Iterator[Text]:
    name, words = _marker(node, known), []
    for argument in node.args[:3]:
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            break
        words.append(argument.value)
    if name in SINGLE and words:
        yield Text(where, words[0])
    elif name in PLURAL and len(words) > 1:
        yield Text(where, words[0], plural=words[1])
    elif name in CONTEXT and len(words) > 1:
        yield Text(where, words[1], context=words[0])
    elif name in CONTEXT_PLURAL and len(words) > 2:
        yield Text(where, words[1], plural=words[2], context=words[0])


def _unmarked(tree: ast.Module) -> Iterator[ast.Constant]:
    """Chinese string constants outside marking calls and docstrings."""
    passed: set[int] = set()
    known = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if _marker(node, known) in MARKERS:
                passed.update(id(inner) for inner in ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed and is_chinese(node.value):
            yield node


def python_bare(source: str, where: str) -> list[str]:
    """Unmarked Chinese strings; a line that ends in ``# data`` holds words of the bank's data and is let pass."""
    lines = source.splitlines()
    return [f"{where}:{node.lineno}: {node.value}" for node in _unmarked(ast.parse(source))
            if not lines[(node.end_lineno or node.lineno) - 1].rstrip().endswith("# data")]


def template_texts(source: str, where: str) -> Iterator[Text]:
    block: _Block | None = None
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.COMMENT:
            continue
        if block is not None:
            if token.token_type == TokenType.BLOCK and token.contents.startswith("end"):
                yield block.text(where)
                block = None
            else:
                block.add(token)
            continue
        if token.token_type == TokenType.BLOCK and re.match(r"blocktrans(late)?\b", token.contents):
            block = _Block(token)
        elif token.token_type == TokenType.BLOCK and (match := TRANSLATE.match(token.contents)):
            context = QUOTED_CONTEXT.search(match.group(3))
            yield Text(where, _msgid(match.group(1) or match.group(2)), context=_either(context))
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            for match in IN_TAG.finditer(token.contents):
                yield Text(where, _msgid(match.group(1) or match.group(2)))


class _Block:
    """A ``blocktranslate`` being read."""

    def __init__(self, token: Token) -> None:
        self.trimmed = re.search(r"\btrimmed\b", token.contents) is not None
        self.context = _either(QUOTED_CONTEXT.search(token.contents))
        self.parts: list[list[str]] = [[]]

    def add(self, token: Token) -> None:
        if token.token_type == TokenType.BLOCK and token.contents == "plural":
            self.parts.append([])
        elif token.token_type == TokenType.VAR:
            self.parts[-1].append(f"%({token.contents})s")
        else:
            self.parts[-1].append(token.contents.replace("%", "%%"))

    def text(self, where: str) -> Text:
        words = ["".join(part) for part in self.parts]
        if self.trimmed:
            words = [trim_whitespace(word) for word in words]
        return Text(where, words[0], plural=words[1] if len(words) > 1 else "", context=self.context)


def _either(match: re.Match[str] | None) -> str:
    return (match.group(1) or match.group(2) or "") if match else ""


def _msgid(literal: str) -> str:
    """As Django looks it up: escapes undone, percent signs doubled."""
    return re.sub(r"\\(.)", r"\1", literal).replace("%", "%%")


def template_bare(source: str, where: str) -> list[str]:
    """Chinese between the tags, or quoted in a tag without ``_( )``."""
    found, inside, comment = [], False, False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK and re.match(r"(end)?comment\b", token.contents):
            comment = not token.contents.startswith("end")
        elif token.token_type == TokenType.BLOCK and re.match(r"blocktrans(late)?\b", token.contents):
            inside = True
        elif token.token_type == TokenType.BLOCK and re.match(r"endblocktrans(late)?\b", token.contents):
            inside = False
        elif not inside and not comment and token.token_type != TokenType.COMMENT:
            text = token.contents
            if token.token_type != TokenType.TEXT:
                text = "" if TRANSLATE.match(text) else IN_TAG.sub("", text)
            else:
                text = re.sub(r"<!--.*?-->|//[^\n]*", "", text, flags=re.DOTALL)
            if is_chinese(text):
                found.append(f"{where}:{token.lineno}: {text.strip()[:80]}")
    return found


def toml_texts(source: str, where: str) -> Iterator[Text]:
    """Titles, notes and Chinese values of a policy file. A source is a citation and stays as the law is called."""
    for rule in tomllib.loads(source).get("rule", []):
        for word in _words({name: rule.get(name) for name in ("title", "note", "value")}):
            yield Text(where, word)


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if is_chinese(value) else []
    if isinstance(value, dict):
        return [word for name, inner in value.items() if name != "source" for word in _words(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _words(inner)]
    return []
