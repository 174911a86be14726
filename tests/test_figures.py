"""What a figure says: the corpus of contexts, and repeats, periods and clauses across an article."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import pipeline
from pipeline import rules
from pipeline.document import Block, Document, Passage, Sentence, Taken
from pipeline.extract.bodies import BodyExtractor
from pipeline.extract.counts import CountExtractor
from pipeline.extract.money import MoneyExtractor
from pipeline.extract.percents import PercentExtractor
from pipeline.extract.ratios import RatioExtractor
from pipeline.facts import BodyMention, Figure, Refusal
from pipeline.resolve import figures as module
from pipeline.resolve.figures import DateSpan, EventContext, FigureContext, FigureDescriber
from pipeline.rules import CorpusLine

MATCH, REJECT = rules.load_corpus("figure_context")


def document(*sentences: str, title: str | None = None) -> Document:
    """An article of one paragraph a line."""
    text = "\n".join([*([title] if title else []), *sentences])
    blocks, start = [], 0
    for number, line in enumerate(text.split("\n")):
        blocks.append(Block("title" if title and not number else "body", start, start + len(line)))
        start += len(line) + 1
    parts = []
    for block in blocks:
        start = block.start
        while (end := text.find(". ", start, block.end)) >= 0:
            parts.append(Sentence(start, end + 1, block.kind))
            start = end + 2
        parts.append(Sentence(start, block.end, block.kind))
    return Document("a", text, tuple(blocks), tuple(parts), title)


def figures_of(article: Document) -> list[Figure]:
    loaded = rules.load()
    extractors: list[Callable[[Passage, Taken], Sequence[Figure | Refusal]]] = [
        rules.built(MoneyExtractor, loaded), rules.built(PercentExtractor, loaded),
        rules.built(RatioExtractor, loaded), rules.built(CountExtractor, loaded),
    ]  # fmt: skip
    found: list[Figure] = []
    for start, passage in article.passages():
        taken = Taken()
        for extractor in extractors:
            for mention in extractor(Passage.of(passage.text), taken):
                taken.add(mention.start, mention.end)
                if isinstance(mention, Figure):
                    found.append(mention.shifted(start))
    return sorted(found, key=lambda f: f.start)


def describe(article: Document, dates: list[DateSpan] | None = None) -> list[tuple[str, FigureContext]]:
    figures = figures_of(article)
    extract_bodies = rules.built(BodyExtractor, rules.load())
    bodies = [
        (start + body.start, start + body.end)
        for start, passage in article.passages()
        for body in extract_bodies(Passage.of(passage.text), Taken())
        if isinstance(body, BodyMention)
    ]
    contexts = rules.built(FigureDescriber, rules.load())(article, figures, dates or [], bodies=bodies)
    return [(article.text[f.start : f.end], c) for f, c in zip(figures, contexts, strict=True)]


@pytest.mark.parametrize("line", MATCH, ids=[m.text[:40] for m in MATCH])
def test_context_corpus(line: CorpusLine) -> None:
    published = dt.datetime.fromisoformat(line.published) if line.published else None
    found = describe(replace(document(line.text), published=published))
    assert [text for text, _ in found] == [fact["text"] for fact in line.facts]
    for (_, context), fact in zip(found, line.facts, strict=True):
        wanted: dict[str, Any] = {k: v for k, v in fact.items() if k != "text"}
        assert {k: getattr(context, k) for k in wanted} == wanted


@pytest.mark.parametrize("line", REJECT, ids=[m.text[:40] for m in REJECT])
def test_nobody_says_it_and_no_time_governs(line: CorpusLine) -> None:
    found = describe(document(line.text))
    assert found
    assert [(context.said_by, context.status) for _, context in found] == [(None, None)] * len(found)


def test_every_rule_has_a_line_that_tempts_it() -> None:
    assert {r.id for r in rules.load()["figure_context"].rules} == {line.rule for line in REJECT}


def test_an_indented_paragraph_is_read_like_another() -> None:
    text = "Lễ kết nạp\n    Chiều 28/7/2021, công đoàn kết nạp 16 đoàn viên. Đã có 12 đồng chí nhận thẻ."
    figures = pipeline.extract(text).figures
    assert [(f.low, f.status) for f in figures] == [(16, None), (12, "achieved")]


def test_a_repeat_in_title_and_body_points_to_the_first() -> None:
    article = document(
        "Ngày 5-1, LĐLĐ huyện chi 130 tỷ đồng tặng quà cho công nhân.",
        "Khoảng 380 phần quà được trao, tổng trị giá 130 tỷ đồng.",
        title="Tặng quà Tết 130 tỷ đồng",
    )
    found = describe(article)
    assert [(t, c.same_as) for t, c in found if "tỷ" in t] == [
        ("130 tỷ đồng", None),
        ("130 tỷ đồng", 0),
        ("tổng trị giá 130 tỷ đồng".removeprefix("tổng trị giá "), 0),
    ]


def test_two_shares_of_different_things_are_not_the_same() -> None:
    found = describe(
        document(
            "Có 100% đoàn viên được học tập nghị quyết.",
            "Có 100% doanh nghiệp ký thỏa ước lao động tập thể.",
            "Như vậy, 100% đoàn viên được học tập nghị quyết.",
        )
    )
    assert [c.same_as for _, c in found] == [None, None, 0]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("LĐLĐ huyện A Lưới trao 200 suất quà.", "LĐLĐ huyện Phú Vang trao 200 suất quà.", None),
        ("LĐLĐ huyện A Lưới trao 200 suất quà.", "Đây là 200 suất quà mà huyện A Lưới vận động.", 0),
        ("Công đoàn ngành Y tế chi 500 triệu đồng giúp dân.", "Sở Công Thương chi 500 triệu đồng giúp dân.", None),
        ("LĐLĐ huyện A Lưới mở lớp cho 120 cán bộ.", "Tại huyện Phú Vang, 120 cán bộ dự lớp.", None),
        ("Đoàn trao 60 suất quà tại xã Tam Sơn.", "Sau đó đoàn trao 60 suất quà tại xã Bình Thuỷ.", None),
        ("LĐLĐ huyện tặng 300 suất quà.", "Ông Lê Văn Sáu cho biết 300 suất quà đã đến tay công nhân.", 0),
        ("Có 300 đoàn viên dự hội thao.", "Cùng lúc, 300 đoàn viên khác cổ vũ.", None),
        ("Đơn vị có từ 150 đoàn viên trở lên bầu 9 người.", "Đơn vị dưới 150 đoàn viên bầu ít hơn.", None),
    ],
)
def test_what_another_does_is_another_fact(first: str, second: str, same: int | None) -> None:
    found = describe(document(first, second))
    digits = "".join(c for c in found[0][0] if c.isdigit())
    repeated = next(c for t, c in found[1:] if digits in t)
    assert repeated.same_as == same


def test_what_is_done_on_another_day_is_another_fact() -> None:
    article = document("Ngày 5/1, đoàn trao 100 suất quà.", "Ngày 9/1, đoàn trao 100 suất quà.")
    dates: list[DateSpan] = [
        (at := article.text.index(f"{day}/1"), at + 3, dt.date(2034, 1, day), dt.date(2034, 1, day)) for day in (5, 9)
    ]
    assert [c.same_as for _, c in describe(article, dates)] == [None, None]
    assert [c.same_as for _, c in describe(article)] == [None, 0]


def test_a_headline_names_whom_it_will() -> None:
    article = document(
        "LĐLĐ huyện A Lưới trao 200 suất quà.",
        "Còn huyện Phú Vang trao 200 suất quà.",
        title="Thừa Thiên: 200 suất quà đến với công nhân",
    )
    assert [c.same_as for _, c in describe(article)] == [None, 0, None]


def test_equal_ratios_in_one_sentence_are_not_the_same() -> None:
    found = describe(document("Có 11/22 CĐCS tổ chức hội nghị; 11/22 CĐCS tổ chức đối thoại."))
    assert [c.same_as for _, c in found] == [None, None]


def test_period_is_that_of_the_clause_and_null_without_a_date() -> None:
    article = document("Năm 2023, ngành kết nạp 50 đoàn viên; năm 2024 kết nạp 70 đoàn viên.", "Có 9 đơn vị mới.")
    first, second = article.text.index("Năm 2023"), article.text.index("năm 2024")
    dates: list[DateSpan] = [
        (first, first + 8, dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
        (second, second + 8, dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    ]
    assert [(t, c.period_start) for t, c in describe(article, dates) if "đoàn viên" in t or "đơn vị" in t] == [
        ("50 đoàn viên", dt.date(2023, 1, 1)),
        ("70 đoàn viên", dt.date(2024, 1, 1)),
        ("9 đơn vị", None),
    ]


def test_about_is_always_a_quotation() -> None:
    article = document("Qua đó, các cấp công đoàn trao 40 suất quà, mỗi suất 500.000 đồng, đạt 95% kế hoạch.")
    for _, context in describe(article):
        assert context.about is None or context.about in article.text


def test_a_quotation_is_its_speakers_and_the_article_goes_on_behind_it() -> None:
    article = document(
        'Bà Lữ Thị Hẹn, Chủ tịch LĐLĐ huyện, kể: "Có 40 hộ ở nhà tạm. Nay còn 12 hộ", rồi cười.',
        '"Năm nay chúng tôi sẽ sửa 9 căn nhà", bà Hẹn nói. Tại lễ bàn giao có 50 người dự.',
    )
    said = {text: context.said_by for text, context in describe(article)}
    assert said == {
        "40 hộ": "Lữ Thị Hẹn",
        "12 hộ": "Lữ Thị Hẹn",
        "9 căn nhà": "Lữ Thị Hẹn",
        "50 người": None,
    }


def test_a_rounded_headline_and_its_exact_figure_are_one_fact() -> None:
    article = document(
        "Ngành đã kết nạp 11.864 đoàn viên trong sáu tháng.",
        "Cùng thời gian, có 11.200 đoàn viên dự tập huấn.",
        title="Kết nạp gần 12.000 đoàn viên",
    )
    assert [c.same_as for t, c in describe(article) if "đoàn viên" in t] == [None, 0, None]


def test_a_closed_term_governs_the_paragraph() -> None:
    article = document("Nhiệm kỳ 2008 - 2013, huyện xây 20 căn nhà. Kết nạp 300 đoàn viên.", "Huyện có 40 CĐCS.")
    assert [c.status for _, c in describe(article)] == ["cumulative", "cumulative", None]


def statuses(*lines: str, published: dt.datetime | None = None, event: EventContext | None = None) -> list[str | None]:
    article = replace(document(*lines), published=published)
    contexts = FigureDescriber(rules.load())(article, figures_of(article), [], event)
    return [c.status for c in contexts]


def test_a_year_to_come_plans_and_one_gone_by_does_not() -> None:
    text = "Đến năm 2030, có 90% đoàn viên được học tập; thu 2 tỷ đồng."
    assert statuses(text, published=dt.datetime(2025, 6, 1)) == ["planned", "planned"]
    assert statuses(text, published=dt.datetime(2031, 2, 1)) == [None, None]
    assert statuses(text) == [None, None]


def test_a_year_to_come_behind_a_figure_plans_it() -> None:
    assert statuses("Tỉnh bàn giao 40 căn hộ vào năm 2027.", published=dt.datetime(2025, 6, 1)) == ["planned"]


def test_a_time_of_report_tells_what_was_reached_in_it() -> None:
    article = replace(document("Sáu tháng đầu năm, xảy ra 17 vụ."), published=dt.datetime(2011, 8, 1))
    half = [(0, 17, dt.date(2011, 1, 1), dt.date(2011, 6, 30))]
    month = [(0, 17, dt.date(2011, 6, 1), dt.date(2011, 6, 30))]
    describer, figures = FigureDescriber(rules.load()), figures_of(article)[-1:]
    assert [c.status for c in describer(article, figures, half)] == ["achieved"]
    assert [c.status for c in describer(article, figures, month)] == [None]


def test_the_coming_term_plans_and_the_one_over_sums_up() -> None:
    event = EventContext(type="congress", day=dt.date(2013, 2, 19))
    closed = "Nhiệm kỳ 2008-2013 ký 2 bản thỏa ước."
    coming = "Nhiệm kỳ 2013-2018, phương hướng là kết nạp 400 đoàn viên."
    assert statuses(closed, coming, event=event) == ["cumulative", "planned"]
    # the name of the congress that opens a term plans nothing
    named = "Công đoàn ngành tổ chức đại hội lần thứ XII, nhiệm kỳ 2013-2018 với 196 đại biểu."
    assert statuses(named, event=event) == [None]


def test_the_line_above_a_list_speaks_for_its_lines() -> None:
    goals = ("Các chỉ tiêu chủ yếu:", "- 100% CĐCS tổ chức đối thoại;", "- Kết nạp 300 đoàn viên.", "Tỉnh có 40 CĐCS.")
    assert statuses(*goals) == ["planned", "planned", None]
    assert statuses("Kết quả đạt được:", "- Kết nạp 300 đoàn viên;", "- 12 căn nhà.") == ["achieved", "achieved"]


def test_a_person_found_without_honorific_speaks() -> None:
    article = document("Chủ tịch CĐCS công ty Zơ Râm Nhất cho rằng có 8 tổ làm tốt.")
    at = article.text.index("Zơ Râm")
    figures = figures_of(article)
    said = FigureDescriber(rules.load())(article, figures, [], None, [(at, at + len("Zơ Râm Nhất"))])
    assert [c.said_by for c in said] == ["Zơ Râm Nhất"]


def dated(text: str, date: str, first: dt.date, last: dt.date) -> list[tuple[str, dt.date | None]]:
    """The first day of each figure's period in a sentence that holds one date."""
    article = document(text)
    at = text.index(date)
    return [(t, c.period_start) for t, c in describe(article, [(at, at + len(date), first, last)])]


YEAR = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
DAY = (dt.date(2023, 3, 26), dt.date(2023, 3, 26))


@pytest.mark.parametrize(
    ("text", "date", "days"),
    [
        ("Năm 2023, huyện kết nạp 120 đoàn viên, đạt 90% kế hoạch; xây 3 căn nhà.", "Năm 2023", YEAR),
        ("Trong năm 2023 các cấp công đoàn đã: tặng 200 suất quà; kết nạp 40 đoàn viên.", "năm 2023", YEAR),
        ("Bà Lò Thị Hặc cho biết năm 2023 trên địa bàn có 12 vụ tai nạn lao động.", "năm 2023", YEAR),
        ("Tổng số thu năm 2023 đạt 15 tỷ đồng.", "năm 2023", YEAR),
        ("Sáng 26/3, công đoàn trường trao 10 suất quà cho đoàn viên.", "26/3", DAY),
        ("Công đoàn xã ngày 26/3 trao 10 suất quà.", "26/3", DAY),
    ],
)
def test_a_date_that_governs_is_the_period(text: str, date: str, days: tuple[dt.date, dt.date]) -> None:
    found = dated(text, date, *days)
    assert found
    assert [day for _, day in found] == [days[0]] * len(found)


HALF, QUARTER = (dt.date(2023, 1, 1), dt.date(2023, 6, 30)), (dt.date(2023, 10, 1), dt.date(2023, 12, 31))


@pytest.mark.parametrize(
    ("text", "date", "days", "today", "status"),
    [
        pytest.param(
            "6 tháng đầu năm, huyện kết nạp 218 đoàn viên. Các CĐCS thăm 57 hộ. Có 12 doanh nghiệp nợ kinh phí.",
            "6 tháng đầu năm", HALF, dt.date(2023, 7, 10), ["achieved", "achieved", None], id="report and debt",
        ),
        pytest.param(
            "Năm 2023, mặc dù còn nhiều khó khăn, công đoàn huyện vẫn thành lập 4 CĐCS.",
            "Năm 2023", YEAR, dt.date(2024, 1, 12), ["achieved"], id="conceded",
        ),
        pytest.param(
            "Hội nghị nghe báo cáo kết quả 6 tháng đầu năm. Theo đó, các CĐCS thăm 57 hộ.",
            "6 tháng đầu năm", HALF, dt.date(2023, 7, 15), ["achieved"], id="the time of a report that is named",
        ),
        pytest.param(
            "6 tháng đầu năm, huyện kết nạp 218 đoàn viên. Ông Lò Văn Tám trao 20 suất quà.",
            "6 tháng đầu năm", HALF, dt.date(2023, 7, 10), ["achieved", None], id="another scene",
        ),
        pytest.param(
            "Quý IV, công đoàn mở lớp cho 120 cán bộ.",
            "Quý IV", QUARTER, dt.date(2023, 10, 4), ["planned"], id="begun",
        ),
        pytest.param(
            "Quý IV, công đoàn mở lớp cho 120 cán bộ.",
            "Quý IV", QUARTER, dt.date(2023, 12, 20), [None], id="nearly over",
        ),
        pytest.param(
            "Theo kế hoạch, năm 2023 LĐLĐ tỉnh giám sát 12 doanh nghiệp.",
            "năm 2023", YEAR, dt.date(2023, 4, 16), ["planned"], id="planned for a year that has begun",
        ),
        pytest.param(
            "Năm 2023 đã xây 9 căn nhà; 7 căn nhà bàn giao trước ngày 30/12.",
            "30/12", (dt.date(2023, 12, 30), dt.date(2023, 12, 30)), dt.date(2023, 10, 4), ["achieved", "planned"],
            id="those counted have a day to come",
        ),
    ],
)  # fmt: skip
def test_a_time_tells_the_status(
    text: str, date: str, days: tuple[dt.date, dt.date], today: dt.date, status: list[str | None]
) -> None:
    article = replace(document(text), published=dt.datetime.combine(today, dt.time()))
    at = text.index(date)
    assert [c.status for _, c in describe(article, [(at, at + len(date), *days)])] == status


@pytest.mark.parametrize(
    ("text", "date", "days"),
    [
        ("Theo Kế hoạch số 12 ngày 26/3/2023, có 30 đơn vị được kiểm tra.", "26/3/2023", DAY),
        ("Nhân kỷ niệm ngày thành lập 26/3, công đoàn tặng 50 suất quà.", "26/3", DAY),
        ("Thu nhập bình quân đạt 8 triệu đồng, tăng 5% so với năm 2023.", "năm 2023", YEAR),
        ("Toàn tỉnh có 12 vụ ngừng việc, giảm 3 vụ so với cùng kỳ năm 2023.", "năm 2023", YEAR),
        ("Công đoàn sẽ trao 500 suất quà trước ngày 26/3/2023.", "26/3/2023", DAY),
        ("Tính đến ngày 26/3, toàn huyện có 9 doanh nghiệp nợ bảo hiểm.", "26/3", DAY),
        ("Từ năm 2023, mỗi suất ăn ca là 25.000 đồng.", "năm 2023", YEAR),
        ("Năm 2023, đại hội bàn chỉ tiêu hằng năm kết nạp 100 đoàn viên.", "Năm 2023", YEAR),
        ("Hội nghị tổng kết năm 2023 có 120 đại biểu dự.", "năm 2023", YEAR),
        ("Ngày 26/3, Công đoàn bệnh viện (412 đoàn viên) ra mắt ban chấp hành.", "26/3", DAY),
    ],
)
def test_a_date_that_does_not_govern_gives_no_period(text: str, date: str, days: tuple[dt.date, dt.date]) -> None:
    found = dated(text, date, *days)
    assert found
    assert [day for _, day in found] == [None] * len(found)


def test_the_day_of_a_handover_is_not_that_of_the_term() -> None:
    text = "Ngày 26/3, công đoàn bàn giao 2 căn nhà; từ đầu nhiệm kỳ đã xây 20 căn nhà."
    assert dated(text, "26/3", *DAY) == [("2 căn nhà", DAY[0]), ("20 căn nhà", None)]


def work(article: Document) -> tuple[int, int]:
    """The figures of an article, and the lines of code that describing them runs: the same on every machine."""
    figures = figures_of(article)
    describer = FigureDescriber(rules.load())
    lines, here = 0, Path(module.__file__).parent

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if Path(frame.f_code.co_filename).parent != here:
            return None
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        describer(article, figures, [])
    finally:
        sys.settrace(before)
    return len(figures), lines


@pytest.mark.parametrize("joint", [", ", " và ", ". "])
def test_work_grows_as_the_figures_do(joint: str) -> None:
    few, many = (
        work(document("Công đoàn đã hỗ trợ " + joint.join(f"{n} đoàn viên" for n in range(30, 30 + size)) + "."))
        for size in (1000, 2000)
    )
    assert (few[0], many[0]) == (1000, 2000)
    assert many[1] < 2.5 * few[1]
    assert many[1] < 2000 * many[0]


def test_repeats_are_looked_up_among_a_few() -> None:
    repeats = describe(document(*["Công đoàn kết nạp 250 đoàn viên."] * 100))
    assert [c.same_as for _, c in repeats] == [None] + [0] * 99
