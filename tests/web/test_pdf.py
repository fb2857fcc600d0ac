"""PDFs: Chinese on any machine, and nothing that a person typed becomes markup."""

from __future__ import annotations

import io
import string

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from qingshou.web import pdf

INJECTIONS = [
    '#panic("x")', "$x^2$", "*bold*", "_it_", "`code`", "[content]", "]#read(\"/etc/passwd\")[", '"; #panic("x"); "', "\\u{41}",
    "= heading", "- item", "+ item", "/ term: x", "// comment", "/* comment", "<label>", "@reference", "~", "---", "https://a.b",
    "{ code }", "1. item", "a\\", "#", "\\", '"', "'quote'",
]


def words(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def compiled(source: str, tmp_path, settings, **values) -> str:
    (tmp_path / "sheet.typ").write_text('#import "letter.typ": *\n' + source)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return words(pdf.render("sheet.typ", values))


@pytest.mark.parametrize("text", INJECTIONS)
def test_typed_text_is_printed_as_it_stands(text: str, tmp_path, settings):
    source = '#show: letter.with(title: "{{ x|typ }}", bank: "b", made: "m")\nA{{ x|typ }}Z\n\n#facts([k], [B{{ x|typ }}Z])'
    found = compiled(source, tmp_path, settings, x=text)
    squeezed = "".join(text.split())
    assert "".join(found.split()).count(squeezed) >= 3
    assert f"A{squeezed}Z" in "".join(found.split())


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_sheet(text: str):
    import typst

    escaped = pdf.escape(text)
    source = f'#let x = "{escaped}"\n[{escaped}]\n= {escaped}\n- {escaped}\n#table([{escaped}], "{escaped}")'
    assert typst.compile({"main.typ": source.encode()}, font_paths=pdf.fonts()).startswith(b"%PDF")


def test_letters_digits_and_chinese_stay_readable_in_the_source():
    assert pdf.escape("周满仓 L000123，欠款") == "周满仓 L000123，欠款"
    assert pdf.escape(string.punctuation).count("\\u{") == len(string.punctuation)
    assert pdf.escape(None) == "" and pdf.escape(3) == "3" and pdf.escape("a\x00\u202eb") == "ab"


def test_the_filter_is_not_escaped_again_for_html():
    assert Template("{{ x|typ }}").render(Context({"x": "<&>"})) == "\\u{3c}\\u{26}\\u{3e}"


def test_chinese_is_set_in_the_shipped_font(tmp_path, settings):
    (tmp_path / "sheet.typ").write_text('#import "letter.typ": *\n#show: letter.with(title: "利息对账单")\n周满仓，欠款合计')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    content = pdf.render("sheet.typ", {})
    assert "周满仓，欠款合计" in words(content) and "利息对账单" in words(content)
    fonts = {str(font.get_object()["/BaseFont"]) for page in PdfReader(io.BytesIO(content)).pages
             for font in page["/Resources"]["/Font"].values()}
    assert fonts and all("NotoSansCJKsc" in font for font in fonts)


def test_a_long_table_repeats_its_header_and_counts_its_pages(tmp_path, settings):
    source = ('#show: letter.with(title: "T")\n#ledger(columns: (1fr, auto), header: ([日期], [金额]),'
              "{% for row in rows %} [{{ row }}], [1.00],{% endfor %})")
    (tmp_path / "sheet.typ").write_text('#import "letter.typ": *\n' + source)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    reader = PdfReader(io.BytesIO(pdf.render("sheet.typ", {"rows": range(120)})))
    assert len(reader.pages) > 1
    assert all("日期" in page.extract_text() for page in reader.pages)
    assert f"1 / {len(reader.pages)}" in reader.pages[0].extract_text()


def test_a_chart_can_stand_in_a_letter(tmp_path, settings):
    from qingshou.web import charts

    picture = charts.bars("逾期", [charts.Bar("前期", 5, "5")], ("a", "b")).svg().encode()
    (tmp_path / "sheet.typ").write_text('#import "letter.typ": *\n#image("chart.svg", width: 100%)')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert pdf.render("sheet.typ", {}, files={"chart.svg": picture}).startswith(b"%PDF")


def test_the_download_may_have_a_chinese_name():
    answer = pdf.response(b"%PDF", "对账单 L1.pdf")
    assert answer["Content-Disposition"] == "inline; filename*=UTF-8''%E5%AF%B9%E8%B4%A6%E5%8D%95%20L1.pdf"
