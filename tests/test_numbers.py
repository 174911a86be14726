"""Vietnamese numbers: values of written and spoken forms, and what holds for any number."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import rules
from pipeline.arrow import array_of
from pipeline.document import Passage, Taken
from pipeline.extract.compounds import digits_value
from pipeline.extract.counts import CountExtractor
from pipeline.extract.mentions import FigureFinder
from pipeline.extract.money import MoneyExtractor
from pipeline.extract.numbers import NumberReader, Phrases, number_reader
from pipeline.extract.percents import PercentExtractor
from pipeline.extract.ratios import RatioExtractor
from pipeline.facts import Figure, FigureMentions, Refusal
from tests.conftest import grows_linearly

UNITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


@pytest.fixture(scope="module")
def reader() -> NumberReader:
    return number_reader(rules.load())


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


def spoken(number: int) -> str:
    """A number below a million in words, written independently of the reader."""
    thousands, rest = divmod(number, 1000)
    words = [spoken_below_thousand(thousands, False), "nghìn"] if thousands else []
    if rest:
        words.append(spoken_below_thousand(rest, bool(thousands)))
    return " ".join(words)


def spoken_below_thousand(number: int, follows: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = [UNITS[hundreds], "trăm"] if hundreds or follows else []
    tens, unit = divmod(rest, 10)
    if tens == 0 and unit and words:
        words += ["linh", UNITS[unit]]
    elif tens == 0 and unit:
        words.append(UNITS[unit])
    elif tens == 1:
        words.append("mười")
        words += ["lăm" if unit == 5 else UNITS[unit]] if unit else []
    elif tens:
        words += [UNITS[tens], "mươi"]
        words += [{1: "mốt", 5: "lăm"}.get(unit, UNITS[unit])] if unit else []
    return " ".join(words)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.485 tỷ", 1_485_000_000_000),
        ("1,250 triệu", 1_250_000),
        ("4,76 tỉ", 4_760_000_000),
        ("3 tỷ 650 triệu 500 nghìn", 3_650_500_000),
        ("1 tỷ 50 nghìn", 1_000_050_000),
        ("2 triệu 500.000 đồng", 2_500_000),
        ("2 nghìn 500 tỷ", 2_500_000_000_000),
        ("12 nghìn tỷ", 12_000_000_000_000),
        ("5 trăm nghìn", 500_000),
        ("7tr5", 7_500_000),
        ("1tr250", 1_250_000),
        ("500k", 500_000),
        ("2 tỷ rưỡi", 2_500_000_000),
        ("một triệu rưỡi", 1_500_000),
        ("nửa tỷ", 500_000_000),
        ("hai mươi lăm", 25),
        ("hai lăm", 25),
        ("ba mươi mốt", 31),
        ("một trăm linh năm", 105),
        ("hai mươi mốt nghìn không trăm mười một", 21_011),
        ("ba trăm hai mươi lăm triệu", 325_000_000),
        ("12 500", 12_500),
        ("1,234,567", 1_234_567),
        ("1.234.567,8", Decimal("1234567.8")),
        ("ba phẩy năm triệu", 3_500_000),
        ("5 vạn", 50_000),
        ("3 triệu 5 trăm nghìn", 3_500_000),
        ("1 triệu 2 trăm 50 nghìn", 1_250_000),
        ("12 tỷ 345 triệu 678 nghìn 900", 12_345_678_900),
        ("2 tỷ 3", 2_300_000_000),
        ("một triệu tư", 1_400_000),
        ("hai triệu 500 nghìn", 2_500_000),
        ("2 triệu năm trăm nghìn", 2_500_000),
        ("4 tỷ 018 triệu", 4_018_000_000),
        ("3tr 500k", 3_500_000),
        ("hai trăm rưỡi", 250),
        ("chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín", 999_999_999),
    ],
)
def test_value(reader: NumberReader, text: str, value: Decimal) -> None:
    (number,) = reader.read(text)
    assert number.value == value
    assert (number.start, number.start + len(text)) == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "hai triệu năm trăm",
        "2 triệu 350",
        "2 tỷ 35",
        "3 triệu 5 trăm",
        "3 triệu 5 tỷ",
        "12 tỷ 1500 triệu",
        "1,2 tỷ 300 triệu",
        "5 triệu 3 triệu 2 triệu",
        "hai ba trăm nghìn",
        "dăm bảy triệu",
        "hai nghìn tỷ rưỡi",
        "2 triệu 3 suất",
        "50.00.000",
        "10 500 triệu",
    ],
)
def test_parts_that_do_not_fit_are_one_doubtful_number(reader: NumberReader, text: str) -> None:
    (number,) = reader.read(text)
    assert number.doubtful
    assert (number.start, number.end) == (0, len(text.removesuffix(" suất")))


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.integers(1, 999))
def test_parts_in_digits_read_as_their_sum(billions: int, millions: int, thousands: int, units: int) -> None:
    parts = ((billions, " tỷ"), (millions, " triệu"), (thousands, " nghìn"), (units, ""))
    text = " ".join(f"{n:03d}{word}" if i else f"{n}{word}" for i, (n, word) in enumerate(parts))
    (found,) = number_reader(rules.load()).read(text)
    value = ((billions * 1000 + millions) * 1000 + thousands) * 1000 + units
    assert (int(found.value), found.end) == (value, len(text))


@pytest.mark.parametrize(
    ("text", "label"),
    [("98, 5%", 0), ("đạt 98 ,5%", 4), ("lần lượt 5, 3, 2 triệu", None), ("vùng 1, 5 triệu", None), ("2. 100%", None)],
)
def test_digits_that_a_blank_tore_off_their_number(reader: NumberReader, text: str, label: int | None) -> None:
    assert reader.torn(text, reader.read(text)[-1]) == label


@pytest.mark.parametrize(
    ("text", "least"),
    [("hàng trăm ngàn", 100_000), ("cả ngàn", 1000), ("vài chục", 20), ("vài", 2), ("hàng triệu", 10**6)],
)
def test_vague_numbers_have_only_a_least_value(reader: NumberReader, text: str, least: int) -> None:
    (number,) = reader.read(text)
    assert (int(number.value), number.vague) == (least, True)


@pytest.mark.parametrize(
    "text",
    [
        "0299.3822339",
        "Covid-19 lan nhanh",
        "đường Hai Bà Trưng",
        "ông Ba Đình",
        "trong năm học này",
        "ba mẹ chị",
        "A10",
        "1.2.3.4",
    ],
)
def test_what_is_no_number(reader: NumberReader, text: str) -> None:
    assert reader.read(text) == ()


def test_twenty_years_are_not_twenty_five(reader: NumberReader) -> None:
    (number,) = reader.read("hai mươi năm xây dựng")
    assert (int(number.value), number.end) == (20, len("hai mươi"))


@given(st.integers(1, 10**14))
def test_grouped_digits_read_as_the_number(number: int) -> None:
    assert digits_value(grouped(number, "."))[0] == number


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_comma_separates_decimals(whole: int, cents: int) -> None:
    value, english = digits_value(f"{grouped(whole, '.')},{cents:02d}")
    assert value == Decimal(f"{whole}.{cents:02d}")
    assert english is None


@given(st.integers(2, 999_999).filter(lambda n: n != 5))
def test_spoken_numbers_read_as_the_number(number: int) -> None:
    text = spoken(number)
    (found,) = number_reader(rules.load()).read(text)
    assert (int(found.value), found.start, found.end) == (number, 0, len(text))


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Tiền thưởng hai triệu năm trăm đồng.", ["hai triệu năm trăm đồng"]),
        ("Kinh phí 12, 5 tỷ đồng.", ["12, 5 tỷ đồng"]),
        ("Chi 5 triệu 3 triệu đồng cho 2 tổ.", ["5 triệu 3 triệu đồng"]),
        ("Lãi suất 8.123%/năm.", ["8.123%"]),
        ("Tỷ lệ đạt 98, 5%.", ["98, 5%"]),
        ("Cả tỉnh -3% so với năm ngoái.", ["-3%"]),
        ("Lợi nhuận là âm hàng tỷ đồng.", ["âm hàng tỷ đồng"]),
        ("Chừng ba bốn người ở lại.", ["ba bốn người"]),
        ("Có 2 triệu 350 đoàn viên.", ["2 triệu 350 đoàn viên"]),
        ("Thu 50.00.000 đồng.", ["50.00.000 đồng"]),
        ("Trao 999999999999999 tỷ đồng.", ["999999999999999 tỷ đồng"]),
        ("Có 5/999.999.999.999.999.999.999 đoàn viên.", ["5/999.999.999.999.999.999.999"]),
        ("Đạt 999.999.999.999.999.999%.", ["999.999.999.999.999.999%"]),
        ("Có 9 tỷ tỷ tỷ đoàn viên.", ["9 tỷ tỷ tỷ đoàn viên"]),
    ],
)
def test_what_is_refused_is_told(text: str, refused: list[str]) -> None:
    found = FigureFinder(rules.load()).in_passages([Passage.of(text, "body", ())])[0]
    assert [m.detail for m in found if isinstance(m, Refusal)] == refused
    assert [m for m in found if isinstance(m, Figure) and m.kind != "count"] == []


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from(list("0123456789.,/-% đồngtriệutỷnămhaibấ \u00a0İ")), max_size=80))
def test_figures_lie_inside_any_text_and_never_overlap(text: str) -> None:
    loaded = rules.load()
    passage, taken = Passage.of(text), Taken()
    spans: list[tuple[int, int]] = []
    for extractor in (MoneyExtractor, PercentExtractor, RatioExtractor, CountExtractor):
        for mention in extractor(loaded)(passage, taken):
            assert 0 <= mention.start < mention.end <= len(text)
            taken.add(mention.start, mention.end)
            spans.append((mention.start, mention.end))
            if isinstance(mention, Figure) and mention.low is not None and mention.high is not None:
                assert mention.low <= mention.high
    spans.sort()
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


DIGITS = st.lists(st.integers(0, 10**15), min_size=1, max_size=7).map(lambda parts: ".".join(map(str, parts)))
SCALE = st.sampled_from(["", " nghìn", " triệu", " tỷ", " nghìn tỷ", " tỷ tỷ tỷ", "tr5"])
JOINT = st.sampled_from(["/", " - ", " đến ", " lên ", " trên tổng số ", " và ", "% - ", " (", ", tăng "])
UNIT = st.sampled_from([" đoàn viên", " đồng", "%", " USD", " đồng/người", ""])


@settings(max_examples=300, deadline=None)
@given(DIGITS, SCALE, JOINT, DIGITS, SCALE, UNIT)
def test_no_figure_is_too_large_for_its_column(a: str, b: str, c: str, d: str, e: str, f: str) -> None:
    text = f"Có hơn {a}{b}{c}{d}{e}{f} trong năm."
    found = rules.built(FigureFinder, rules.load()).in_passages([Passage.of(text, "body", ())])[0]
    mentions = FigureMentions(figures=tuple(m for m in found if isinstance(m, Figure)))
    (row,) = array_of(FigureMentions, [mentions]).to_pylist()
    for figure in row["figures"]:
        assert all(abs(figure[name] or 0) < 10**19 for name in ("low", "high", "numerator", "denominator"))


@pytest.mark.parametrize("piece", ["1", "1.", "một ", "1 000", "1/1 ", "hai triệu ", "1, ", "năm trăm năm "])
def test_hostile_text_is_read_in_linear_time(reader: NumberReader, piece: str) -> None:
    assert grows_linearly(reader.read, piece, 30_000)


def test_what_takes_linear_time_is_told_from_what_takes_more() -> None:
    def pairs(text: str) -> int:
        return sum(1 for i, a in enumerate(text) for b in text[i:] if a > b)

    assert grows_linearly(lambda text: sum(1 for letter in text if letter > "a"), "ab", 20_000)
    assert not grows_linearly(pairs, "ab", 600)


def test_phrases_take_the_longest_at_a_word_end() -> None:
    phrases = Phrases(["đoàn viên", "đoàn viên công đoàn", "đoàn"])
    text = "Đoàn viên công đoàn, đoànviên"
    assert phrases.end(text, 0) == len("Đoàn viên công đoàn")
    assert list(phrases.finditer(text)) == [(0, len("Đoàn viên công đoàn"))]
