"""Every text has English beside it, and no Chinese is left unmarked on a page."""

from __future__ import annotations

import polib
import pytest
from django.utils.translation import gettext, override

from scripts import messages, texts


@pytest.mark.parametrize("room", messages.rooms())
def test_every_text_of_the_room_has_english(room: str):
    assert messages.complaints(room) == []


@pytest.mark.parametrize("room", [room for room in messages.rooms() if room != messages.SHARED])
def test_no_template_of_the_room_shows_unmarked_chinese(room: str):
    found = [line for path in messages.sources(room) if "templates" in path.parts
             for line in texts.template_bare(path.read_text(), path.name)]
    assert found == []


# Files that only make pages; elsewhere Chinese may be the bank's data (surnames, holidays, what a core system writes).
PAGE_FILES = {"pages", "pages.py", "forms", "forms.py", "nav.py", "panels.py", "templatetags", "jobs.py"}


@pytest.mark.parametrize("room", [room for room in messages.rooms() if room != messages.SHARED])
def test_no_page_of_the_room_shows_unmarked_chinese(room: str):
    found = [line for path in messages.sources(room) if path.suffix == ".py" and PAGE_FILES & set(path.parts)
             for line in texts.python_bare(path.read_text(), path.name)]
    assert found == []


@pytest.mark.parametrize(("source", "msgid", "plural", "context"), [
    ('{% translate "欠款" %}', "欠款", "", ""),
    ("{% trans '欠款' context '列' %}", "欠款", "", "列"),
    ('{% translate "占 5%" %}', "占 5%%", "", ""),
    ('{% sort "owed" _("欠款") %}', "欠款", "", ""),
    ('{{ name|default:_("无") }}', "无", "", ""),
    ("{% blocktranslate with n=count %}共 {{ n }} 户{% endblocktranslate %}", "共 %(n)s 户", "", ""),
    ("{% blocktranslate trimmed %}\n  一行\n  两行\n{% endblocktranslate %}", "一行 两行", "", ""),
    ("{% blocktranslate count n=n %}{{ n }} 户{% plural %}{{ n }} 户们{% endblocktranslate %}", "%(n)s 户", "%(n)s 户们", ""),
])
def test_texts_are_found_in_templates(source: str, msgid: str, plural: str, context: str):
    assert list(texts.template_texts(source, "x.html")) == [texts.Text("x.html", msgid, plural, context)]


@pytest.mark.parametrize(("source", "msgid", "plural", "context"), [
    ('_("欠款")', "欠款", "", ""),
    ('_("很长的"\n "一句")', "很长的一句", "", ""),
    ('translation.gettext_lazy("欠款") % {"a": 1}', "欠款", "", ""),
    ('ngettext("%d 户", "%d 户们", n)', "%d 户", "%d 户们", ""),
    ('pgettext("列", "欠款")', "欠款", "", "列"),
    ('from django.utils.translation import gettext_lazy as _lazy\n_lazy("欠款")', "欠款", "", ""),
])
def test_texts_are_found_in_python(source: str, msgid: str, plural: str, context: str):
    assert list(texts.python_texts(source, "x.py")) == [texts.Text("x.py", msgid, plural, context)]


def test_docstrings_and_variables_are_not_texts():
    source = '"""模块"""\ndef f():\n    """函数"""\n    return _(name)'
    assert list(texts.python_texts(source, "x.py", every_chinese=True)) == []


def test_chinese_outside_a_tag_is_reported():
    assert texts.template_bare("<p>欠款</p>{# 注释 #}{% comment %}注释{% endcomment %}", "x.html") == ["x.html:1: <p>欠款</p>"]


def test_extracting_keeps_english_and_drops_dead_texts(tmp_path, monkeypatch: pytest.MonkeyPatch):
    room = tmp_path / "qingshou" / "yard"
    room.mkdir(parents=True)
    (room / "pages.py").write_text('_("欠款")\n_("新的")')
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "PACKAGE", tmp_path / "qingshou")
    path = messages.catalogue("yard")
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr ""\n\nmsgid "欠款"\nmsgstr "Owed"\n\nmsgid "旧的"\nmsgstr "Old"\n')

    assert messages.extract("yard")
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} == {"欠款": "Owed", "新的": ""}
    assert not messages.extract("yard"), "a second run changes nothing"
    assert messages.complaints("yard") == ["qingshou/yard/pages.py: no English: 新的"]


@pytest.mark.parametrize(("english", "said"), [
    ("%(n)s households", []), ("households", ["placeholders"]), ("%(n)s 户", ["Chinese"])])
def test_english_must_fit_its_text(tmp_path, monkeypatch: pytest.MonkeyPatch, english: str, said: list[str]):
    room = tmp_path / "qingshou" / "yard"
    room.mkdir(parents=True)
    (room / "pages.py").write_text('_("共 %(n)s 户")')
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "PACKAGE", tmp_path / "qingshou")
    messages.catalogue("yard").parent.mkdir(parents=True)
    messages.catalogue("yard").write_text(f'msgid ""\nmsgstr ""\n\nmsgid "共 %(n)s 户"\nmsgstr "{english}"\n')
    found = messages.complaints("yard")
    assert len(found) == len(said) and all(word in line for word, line in zip(said, found, strict=True))


def test_compiled_english_is_what_pages_read():
    with override("en"):
        assert gettext("没有权限") == "Not permitted"
    with override("zh-hans"):
        assert gettext("没有权限") == "没有权限"
