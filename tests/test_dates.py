"""Dates: what is read from a passage, and the year that an article gives to a day without one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rules
from pipeline.document import Block, Document, Passage, Taken
from pipeline.errors import RuleError
from pipeline.extract.dates import DateExtractor
from pipeline.extract.terms import TermExtractor
from pipeline.facts import DateMention, Refusal, TermMention
from pipeline.resolve.dates import ResolvedDate, resolve_dates
from pipeline.resolve.dates.days import by_dateparser, counted, period_of
from pipeline.resolve.dates.windows import Windows
from pipeline.text import nfc
from tests.conftest import grows_linearly

RULES = rules.load()
DATES, TERMS = DateExtractor(RULES), TermExtractor(RULES)


def article(text: str, published: str | None = None) -> tuple[Document, list[DateMention], list[TermMention]]:
    """An article of a title line and body lines, with its dates and terms."""
    text = nfc(text)
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        blocks.append(Block("body" if blocks else "title", start, start + len(line)))
        start += len(line) + 1
    stamp = dt.datetime.fromisoformat(published) if published else None
    document = Document("a", text, tuple(blocks), published=stamp)
    dates: list[DateMention] = []
    terms: list[TermMention] = []
    for offset, passage in document.passages():
        taken = Taken()
        for date in DATES(passage, taken):
            taken.add(date.start, date.end)
            if isinstance(date, DateMention):
                dates.append(date.shifted(offset))
        terms += [t.shifted(offset) for t in TERMS(passage, taken) if isinstance(t, TermMention)]
    return document, dates, terms


def resolved(text: str, published: str | None = None) -> dict[str, ResolvedDate]:
    document, dates, terms = article(text, published)
    found = resolve_dates(document, dates, terms, RULES)
    return {document.text[r.mention.start : r.mention.end]: r for r in found}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


CONTEXT, TERM, STAMP = "year_from_context", "year_from_term", "year_from_published"


@pytest.mark.parametrize(
    ("text", "words", "start", "basis"),
    [
        # the year reviewed: early in the next one, or late in the same
        ("T\nSáng 9/1, công đoàn ngành tổng kết năm 2022, triển khai nhiệm vụ năm 2023.", "9/1", "2023-01-09", CONTEXT),
        ("T\nSáng 20/12, công đoàn ngành tổng kết năm 2022, phương hướng năm 2023.", "20/12", "2022-12-20", CONTEXT),
        ("T\nSáng 9/1, LĐLĐ huyện tổng kết hoạt động 2022, phương hướng 2023.", "9/1", "2023-01-09", CONTEXT),
        ("T\nNgày 15/7, LĐLĐ tỉnh sơ kết 6 tháng đầu năm 2021.", "15/7", "2021-07-15", CONTEXT),
        ("Sơ kết hoạt động quý IV năm 2020\nNgày 7/1, công đoàn ngành họp sơ kết.", "7/1", "2021-01-07", CONTEXT),
        # the campaign
        ("LĐLĐ tỉnh trao quà Tết Sum vầy 2024\nNgày 28/12, 500 suất quà được trao.", "28/12", "2023-12-28", CONTEXT),
        ("T\nNgày 20/1, đoàn thăm công nhân nhân dịp Tết Nguyên đán Tân Sửu.", "20/1", "2021-01-20", CONTEXT),
        ("Phát động Tháng Công nhân năm 2023\nSáng 28/4, lễ ra quân diễn ra.", "28/4", "2023-04-28", CONTEXT),
        # the term opened
        ("T\nSáng 11/5, CĐCS Hoa Sen tổ chức Đại hội lần thứ III, nhiệm kỳ 2023-2028.", "11/5", "2023-05-11", TERM),
        ("Đại hội Công đoàn Bệnh viện Tâm An, nhiệm kỳ 2017-2022\nSáng 18/8, đại hội họp.", "18/8", "2017-08-18", TERM),
        ("Đại hội Công đoàn Trường Hoa Mai lần thứ III\nNgày 5/9, công đoàn trường tổ chức Đại hội.\n"
         "Tổng kết nhiệm kỳ 2020-2025.\nĐại hội bầu Ban Chấp hành nhiệm kỳ 2025-2030.", "5/9", "2025-09-05", TERM),
        # a full date nearby
        ("T\nNgày 20/7, gặp mặt mừng 95 năm công đoàn (28/7/1929 - 28/7/2024).", "20/7", "2024-07-20", CONTEXT),
        ("T\nNgày 5/6/2019, LĐLĐ huyện ra quân. Đợt hai vào ngày 20/6.", "20/6", "2019-06-20", CONTEXT),
        ("T\nTheo Kế hoạch số 12/KH-LĐLĐ ngày 20/3/2021, ngày 15/4, lớp tập huấn mở.", "15/4", "2021-04-15", CONTEXT),
        # ... also where a later time is told: of the same year, or beside the plan that is carried out
        ("T\nNgày 8/6, công đoàn ra mắt.\nQuyết định số 4/QĐ-LĐLĐ ngày 1/6/2023 được đọc. Quý III/2023, ký thỏa ước.",
         "8/6", "2023-06-08", CONTEXT),
        ("T\nThực hiện Kế hoạch số 6/KH-LĐLĐ ngày 5/9/2018, sáng 8/10, hội thảo mở.\nTrong năm 2019, mở 10 lớp.",
         "8/10", "2018-10-08", CONTEXT),
        ("T\nChiều 9/9, LĐLĐ quận tổ chức ký kết thỏa ước nhóm ngành may giai đoạn 2022-2025.", "9/9", "2022-09-09",
         CONTEXT),
        ("T\nNgày 7/11, đoàn thăm xưởng gỗ.\nHoạt động sẽ có trong những tháng cuối năm 2018.", "7/11", "2018-11-07",
         CONTEXT),
        ("T\nSáng 22/2, thành phố tổng kết công tác chăm lo Tết Mậu Tuất 2018.", "22/2", "2018-02-22", CONTEXT),
        ("T\nSáng 24/5, hội đồng họp báo. Lương mới áp dụng từ 1/7/2024.", "24/5", "2024-05-24", CONTEXT),
        ("T\nNgày 6-3, thợ ngừng việc.\nThông báo nói về kỳ lương tháng 3-2019.", "6-3", "2019-03-06", CONTEXT),
        ("T\nSáng 28/3, Hội thi tay nghề năm 2022 khai mạc.", "28/3", "2022-03-28", CONTEXT),
        ("T\nTối 10-5, lễ tuyên dương thợ giỏi 2018 diễn ra.", "10-5", "2018-05-10", CONTEXT),
        # a year of the past beside it is no ground
        ("T\nQuỹ ra đời vào năm 1994 đến nay.\nNgày 19/3, huyện tổ chức lễ trao học bổng Hoa Đỏ năm 2023 cho 300 em.",
         "19/3", "2023-03-19", CONTEXT),
        # told up to now, compared with the year before, in force from a day ahead
        ("T\nNgày 25-8, quận trao mái ấm.\nTừ đầu năm 2017 đến nay, đã có 15 mái ấm.", "25-8", "2017-08-25", CONTEXT),
        ("T\nSáng 12/6, thỏa ước được ký.\nThỏa ước có hiệu lực từ ngày 01/7/2019.", "12/6", "2019-06-12", CONTEXT),
        ("T\nChiều 11-7, hội đồng họp.\nMức lương mới sẽ áp dụng từ 1-1-2020.\nMức cũ áp dụng từ 1-1-2019.",
         "11-7", "2019-07-11", CONTEXT),
        ("T\nSáng 15/3, lễ tuyên dương công nhân tiêu biểu năm 2017.", "15/3", "2018-03-15", CONTEXT),
        # the school year reviewed or planned
        ("T\nSáng 9/9, công đoàn ngành tổng kết hoạt động năm học 2019-2020.", "9/9", "2020-09-09", CONTEXT),
        ("T\nNgày 20/9, công đoàn ngành triển khai nhiệm vụ năm học 2019-2020.", "20/9", "2019-09-20", CONTEXT),
        # no year is too late to be read; a word of the cycle means the year of sixty from the first on
        ("LĐLĐ huyện trao quà Tết Sum vầy năm 2030\nNgày 15/1, 300 suất quà được trao.", "15/1", "2030-01-15", CONTEXT),
        ("T\nNgày 20/1, đoàn thăm công nhân nhân dịp Tết Canh Tuất.", "20/1", "2030-01-20", CONTEXT),
        # a week with its year; what is signed in a year; the year whose accounts are looked through
        ("T\nNhân Tuần lễ Sách công nhân - Văn hóa đọc lần thứ V năm 2015, ngày 10-3, LĐLĐ tỉnh mở tủ sách.", "10-3",
         "2015-03-10", CONTEXT),
        ("T\nSáng 8/5, LĐLĐ quận họp với ba xưởng.\nĐây là các xưởng đầu tiên mà quận ký TƯLĐTT năm 2020.", "8/5",
         "2020-05-08", CONTEXT),
        ("T\nSáng 16/11, đoàn kiểm tra việc quản lý sử dụng tài chính công đoàn năm 2023.", "16/11", "2023-11-16",
         CONTEXT),
        # one period ends and the next begins
        ("T\nSáng 24-6, tại hội nghị điển hình (2020-2025), thành phố khen 11 tập thể giai đoạn 2015-2020.", "24-6",
         "2020-06-24", CONTEXT),
        ("T\nChiều 10/3, Công đoàn Bệnh viện Tâm An đã tổ chức thành công Đại hội lần thứ IV, nhiệm kỳ 2024-2029.",
         "10/3", "2024-03-10", TERM),
        # the year in the name of what is held on the day, named in its sentence or taken up in it
        ("T\nChiều 5-3, sở tổ chức hội nghị \"Gặp gỡ Sông Trà 2018\".", "5-3", "2018-03-05", CONTEXT),
        ("T\nSáng 19-5, triển lãm ảnh Mây Núi 2018 chính thức khai mạc.", "19-5", "2018-05-19", CONTEXT),
        ("T\nTối 15-11, hai bộ tổ chức chương trình \"Cùng thầy cô\" năm 2018, vinh danh 48 người.", "15-11",
         "2018-11-15", CONTEXT),
        ("T\nHai nước sắp có cuộc tập trận Mũi Tên 2018. Cuộc tập trận thường niên Mũi Tên bắt đầu từ ngày 11/5.",
         "11/5", "2018-05-11", CONTEXT),
        # the sentence goes on about what the one before puts in a year
        ("T\nĐây là chuỗi hội nghị lớn nhất trong năm 2016. Các sự kiện này diễn ra từ ngày 24 đến 26/10.",
         "24 đến 26/10", "2016-10-24", CONTEXT),
        # the minimum wage of a year is talked over in the one before; the new year is welcomed in its last days
        ("T\nNgày 9-7, hội đồng họp phiên đầu, các bên đề xuất lương tối thiểu vùng năm 2019 tăng 8%.", "9-7",
         "2018-07-09", CONTEXT),
        ("T\nPhát biểu chào năm mới 2018 đêm 31/12, ông chúc thợ mạnh khỏe.", "31/12", "2017-12-31", CONTEXT),
        # what bears the year of a Tết is made ready before it
        ("T\nTối 27/12, nhà hát tổ chức chương trình Gala Cười 2017.\nChị về diễn dịp Tết 2017.", "27/12",
         "2016-12-27", CONTEXT),
        ("T\nNgày 4-9, Nghiệp đoàn Nghề cá Hòa An đã chính thức Đại hội lần thứ I (nhiệm kỳ 2012-2014).", "4-9",
         "2012-09-04", TERM),
        # the only Tết that is named, wherever it stands
        ("T\nChiều 2-2, sở khen các cô giáo.\nDịp Tết Mậu Tuất, sở đã đến thăm.", "2-2", "2018-02-02", CONTEXT),
    ],
)  # fmt: skip
def test_year_without_stamp(text: str, words: str, start: str, basis: str) -> None:
    found = resolved(text)[words]
    assert (found.date_start, found.basis) == (day(start), basis)
    assert found.flags == ("year_inferred",)


@pytest.mark.parametrize(
    ("stamp", "words", "start"),
    [
        ("date 2020-01", "10/1", "2020-01-10"),
        ("01/2020", "28/12", "2019-12-28"),
        ("date 2020-01", "9/7", None),
        ("2020", "10/1", None),
    ],
)
def test_a_stamp_without_its_day_fixes_the_year(stamp: str, words: str, start: str | None) -> None:
    document, dates, terms = article(f"T\nSáng {words}, LĐLĐ huyện trao 20 suất quà.")
    (found,) = resolve_dates(dataclasses.replace(document, stamp_unread=stamp), dates, terms, RULES)
    assert (found.date_start, found.basis) == ((day(start), STAMP) if start else (None, "none"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("T\nNgày 22/4, thủ trưởng đối thoại với công nhân.", "22/4"),
        # talked about, not opened
        ("T\nSáng 11/5, công đoàn tỉnh quán triệt Nghị quyết Đại hội XII, nhiệm kỳ 2018-2023.", "11/5"),
        ("T\nNgày 3/10, đoàn viên hưởng ứng Đại hội lần thứ XVI, nhiệm kỳ 2023-2028.", "3/10"),
        ("T\nSáng 14/4, hội nghị bầu chủ tịch khóa XI, nhiệm kỳ 2013-2018.", "14/4"),
        # before the first year in which an article can have been written
        ("T\nNgày 20/6/2007, huyện khai mạc hội thao. Ngày 21/6, hội thao bế mạc.", "21/6"),
        # the past is no ground: a birth, a founding, a law, an old congress, a year to come
        ("T\nÔng sinh ngày 2/3/1975. Ngày 20/6, ông nhận quyết định.", "20/6"),
        ("T\nSáng 18/8, bệnh viện ra mắt công đoàn. Công ty thành lập năm 2010.", "18/8"),
        ("T\nChiều 24/5, hội thảo bàn về Luật Công đoàn 2012.", "24/5"),
        ("T\nNgày 16/5, huyện khởi công. Nhà ở sẽ xong vào năm 2021.", "16/5"),
        ("T\nNgày 16/5, huyện khởi công. Nhà ở sẽ xong vào cuối năm 2021.", "16/5"),
        ("T\nSáng 15/2, đoàn thăm bến xe.\nSố khách tăng so với cùng kỳ Tết 2017.", "15/2"),
        ("T\nNgày 20/12, hai bên ký kết thỏa ước giai đoạn 2022-2025.", "20/12"),
        ("T\nNgày 12/6, hai bên ký kết. Hiệp định chấm dứt thời kỳ 1950-1953 được ký.", "12/6"),
        ("T\nNgày 18/10, thợ làm ca ba. Tuyến hầm được khởi công tháng 8-2012.", "18/10"),
        ("T\nNgày 17/12, hội đồng họp. Đề án ra đời vào tháng 9-2016.", "17/12"),
        ("Xuân Mậu Thân 1968\nSáng 29/12, hội thảo mở ra.", "29/12"),
        # the turn of the year leaves two years open
        ("T\nSáng 28/12, hội nghị người lao động năm 2024 diễn ra.", "28/12"),
        # the unions' round of congresses begins in the autumn before its year
        ("T\nNgày 20/12, CĐCS Hoa Sen tổ chức Đại hội lần thứ III, nhiệm kỳ 2023-2028.", "20/12"),
        # in force from then on: no day of the article
        ("T\nHội đồng thống nhất tăng lương từ 1-1-2019. Trong quý 1 năm nay, lương tăng.", "quý 1 năm nay"),
        ("T\nLuật có hiệu lực từ ngày 1/7/2019.\nNăm 2021 khó khăn.\nNgày 9/9, thợ nghỉ.", "9/9"),
        ("T\nTheo Nghị định số 30/NĐ-CP ngày 20/3/2021, ngày 15/4, lớp tập huấn mở.", "15/4"),
        ("T\nNăm nay, giải có 20 đội.", "Năm nay"),
        # the feast of a story, of two years, of the year compared with
        ("T\nSáng 30-1, đoàn thăm mộ người ngã xuống Tết Mậu Thân.\nMộ được tìm thấy tháng 4-2017.", "30-1"),
        ("T\nNgày 5/2, đoàn chúc Tết.\nSố quà tăng so với Tết Mậu Tuất.", "5/2"),
        # the same past month twice, as under a picture printed twice
        ("T\nHôm 9/10, hai bên bàn việc gặp.\nA\nB\nC\nẢnh chụp tháng 7/2017.\nẢnh chụp tháng 7/2017.", "9/10"),
        ("T\nHọ thử máy ở ngoại ô hồi tháng 7/2017. Hôm 9/10, hai bên gặp.\nHọ thử máy ở ngoại ô hồi tháng 7/2017.",
         "9/10"),
        # a span of months that is over; a day of which the years are counted
        ("T\nAnh làm ở xưởng từ tháng 10/2015 đến tháng 3/2016.\nHôm 6/3, báo đưa tin.", "6/3"),
        ("T\nNgày 30/9 đánh dấu tròn 2 năm xưởng mở cửa.\nVào ngày 30/9/2015, máy đầu tiên chạy.", "30/9"),
        # the end of the years that are planned for; a year within which something else is done; no name of an event
        ("T\nHội nghị họp từ 29/3 tại Hà Nội, thông qua Kế hoạch 2018-2022 và Khung đầu tư năm 2022.", "29/3"),
        ("T\nNgày 28-3, hai bên tiếp xúc, chuẩn bị các hoạt động ở hai nước trong năm 2019.", "28-3"),
        ("T\nHôm 9/2, hai bên hẹn gặp ở nơi từng có sự kiện tiêu biểu là hội nghị năm 2017.", "9/2"),
        # in its first weeks the year before is told up to now
        ("T\nNgày 21-1, các bên họp.\nTừ đầu năm 2017 đến nay, đã có ba vòng.", "21-1"),
        # a name with a year that is not what is held on the day: told of, prepared, honoured, of a picture, of a law
        ("T\nTrước tin giải Cúp Sông Trà 2019 bỏ vòng đầu, ông nói tại hội nghị diễn ra ngày 22/6.", "22/6"),
        ("T\nNgày 5/12, bà khẳng định Lễ hội Mây Núi 2019 sẽ được tổ chức chu đáo.", "5/12"),
        ("T\nNgày 27/12, đội lên đường tham dự giải Cúp Sông Trà 2019.", "27/12"),
        ("T\nNgày 20/12, sở họp báo giới thiệu Triển lãm Mây Núi 2019.", "20/12"),
        ("T\nNgày 12/1, sở tổ chức đêm vinh danh của chương trình Ngôi Sao Xanh 2017.", "12/1"),
        ("T\nNgày 12/1, ban tổ chức Lễ hội Mây Núi 2017 trả lời báo chí.", "12/1"),
        ("T\nCuộc tập trận Mũi Tên năm 2012. Cuộc tập trận Mũi Tên bắt đầu vào ngày 23/4.", "23/4"),
        ("T\nNgày 9/5, sở tổ chức hội nghị phổ biến Luật Trẻ Em 2016.", "9/5"),
        ("T\nNgày 9/5, sở tổ chức hội nghị công bố Quy hoạch Đông Nam đến năm 2025, định hướng năm 2035.", "9/5"),
        # two years, a year compared with or of the past before the words that point back
        ("T\nHội nghị lớn nhất từ năm 2015 đến năm 2016. Các sự kiện này diễn ra từ ngày 24/10.", "24/10"),
        ("T\nSố vụ tăng so với năm 2016. Hội nghị này diễn ra từ ngày 24/10.", "24/10"),
        ("T\nCông ty thành lập năm 2010. Hội nghị này diễn ra từ ngày 24/10.", "24/10"),
        ("T\nNăm 2016 có bão. Bà con vẫn đến. Hội nghị này diễn ra từ ngày 24/10.", "24/10"),
        # the wage paid, not talked over; a year opened by what is said of another
        ("T\nNgày 9-7, xưởng trả lương theo mức lương tối thiểu vùng năm 2019.", "9-7"),
        ("T\n2018 là năm khó khăn. Năm nay, xưởng có 20 tổ.", "Năm nay"),
        # an agreement carried out for years
        ("T\nLớp học theo biên bản đã ký ngày 23/5/2009 mở từ ngày 15/6.", "15/6"),
        ("T\nHôm qua, xưởng mở cửa.", "Hôm qua"),
        # after a congress; periods that do not meet, or meet at a new year
        ("T\nNgày 10/3, sau khi tổ chức thành công Đại hội lần thứ IV, nhiệm kỳ 2024-2029, thợ ra quân.", "10/3"),
        ("T\nSáng 24/6, ngành sơ kết phong trào giai đoạn 2015-2020 và giai đoạn 2021-2025.", "24/6"),
        ("T\nSáng 24/12, ngành bàn phong trào giai đoạn 2015-2020 và giai đoạn 2020-2025.", "24/12"),
    ],
)  # fmt: skip
def test_no_ground_no_year(text: str, words: str) -> None:
    found = resolved(text)[words]
    assert (found.date_start, found.date_end, found.basis, found.flags) == (None, None, "none", ())


@pytest.mark.parametrize(
    ("text", "published", "words", "start", "end"),
    [
        ("T\nTrước đó, ngày 28/12, đoàn đến huyện An.", "2023-01-06", "28/12", "2022-12-28", "2022-12-28"),
        ("T\nHội nghị sẽ diễn ra ngày 15/1.", "2022-12-28", "15/1", "2023-01-15", "2023-01-15"),
        ("T\nTừ ngày 28/12 đến 3/1, xe chạy.", "2023-01-05", "28/12", "2022-12-28", "2022-12-28"),
        ("T\nTừ ngày 28/12 đến 3/1, xe chạy.", "2023-01-05", "3/1", "2023-01-03", "2023-01-03"),
        ("T\nTừ ngày 27/4 đến hết 20/12, xe chạy.", "2021-05-02", "20/12", "2021-12-20", "2021-12-20"),
        ("T\nTrong quý III, có 20 người vào công đoàn.", "2020-10-10", "quý III", "2020-07-01", "2020-09-30"),
        ("T\nTháng 2, xưởng nghỉ.", "2024-03-10", "Tháng 2", "2024-02-01", "2024-02-29"),
        ("T\nNgày 29/2, đoàn ra quân.", "2025-01-15", "29/2", "2024-02-29", "2024-02-29"),
        ("T\nHôm qua, đoàn kiểm tra.", "2023-01-01", "Hôm qua", "2022-12-31", "2022-12-31"),
        ("T\nTháng trước, xưởng nghỉ.", "2023-01-02", "Tháng trước", "2022-12-01", "2022-12-31"),
        ("T\nTuần trước, xưởng nghỉ.", "2025-11-12", "Tuần trước", "2025-11-03", "2025-11-09"),
        ("T\nSố vụ giảm so với năm ngoái.", "2023-05-02", "năm ngoái", "2022-01-01", "2022-12-31"),
        ("T\nSau 9 tháng đầu năm, xưởng đủ việc.", "2017-10-16", "9 tháng đầu năm", "2017-01-01", "2017-09-30"),
        ("T\nNăm 2015, số vụ giảm 5% so với năm trước.", "2020-01-02", "năm trước", "2014-01-01", "2014-12-31"),
        ("T\nSố vụ giảm 5% so với năm trước.", "2020-01-02", "năm trước", "2019-01-01", "2019-12-31"),
        (
            'T\nSáng 12/3, thợ nghỉ. "Ngày mai xưởng mở lại", bà Lan nói.',
            "2015-03-12",
            "Ngày mai",
            "2015-03-13",
            "2015-03-13",
        ),
        ("T\nSáu tháng đầu năm nay, đơn hàng tăng.", "2023-07-02", "Sáu tháng đầu năm nay", "2023-01-01", "2023-06-30"),
    ],
)
def test_stamp_fixes_the_year(text: str, published: str, words: str, start: str, end: str) -> None:
    found = resolved(text, published)[words]
    assert (found.date_start, found.date_end) == (day(start), day(end))
    assert found.basis in (STAMP, "relative")


@pytest.mark.parametrize(
    ("text", "published", "words", "start", "end"),
    [
        # the year that opens the sentence; the year of the other half
        ("T\nNăm 2017, huyện phấn đấu xong đại hội trước 30-10.", "2017-01-11", "30-10", "2017-10-30", "2017-10-30"),
        ("T\nNăm 2017, số vụ giảm so với cùng kỳ tính đến 5/12.", "2017-01-11", "5/12", "2016-12-05",
         "2016-12-05"),
        ("T\n6 tháng cuối năm 2025, số sáng kiến tăng so với 6 tháng đầu năm.", "2026-04-28", "6 tháng đầu năm",
         "2025-01-01", "2025-06-30"),
        ("T\nSơ kết 6 tháng đầu năm, triển khai nhiệm vụ 6 tháng cuối năm 2012.\nSo với 6 tháng đầu năm 2011, tăng.",
         "2012-07-10", "6 tháng đầu năm", "2012-01-01", "2012-06-30"),
        ("Phát triển 600 đoàn viên trong 6 tháng đầu năm\nSố vụ tăng so với 6 tháng đầu năm 2011.", "2012-07-10",
         "6 tháng đầu năm", "2012-01-01", "2012-06-30"),
        ("T\nTừ tháng 2 sẽ nâng bữa ăn ca.", "2023-11-17", "tháng 2", "2024-02-01", "2024-02-29"),
        ("T\n6 tháng đầu năm, số vụ giảm so với 6 tháng cuối năm 2011.", "2012-07-10", "6 tháng đầu năm",
         "2012-01-01", "2012-06-30"),
    ],
)  # fmt: skip
def test_the_sentence_fixes_the_year(text: str, published: str, words: str, start: str, end: str) -> None:
    found = resolved(text, published)[words]
    assert (found.date_start, found.date_end) == (day(start), day(end))


@pytest.mark.parametrize(
    ("text", "published", "wanted"),
    [
        # a leap day is not put a year ahead of the stamp, unless it is announced
        ("T\nNgày 29/2, đoàn ra quân.", "2023-03-01", None),
        ("T\nNgày 29/2, đoàn ra quân.", "2022-12-20", None),
        ("T\nNgày 29/2, đoàn ra quân.", "2023-12-20", "2024-02-29"),
        ("T\nHội thao sẽ diễn ra vào ngày 29/2.", "2023-05-10", "2024-02-29"),
        ("T\nNgày 29/2, đoàn ra quân.", "2024-12-20", "2024-02-29"),
    ],
)
def test_how_far_ahead_of_the_stamp_a_day_may_lie(text: str, published: str, wanted: str | None) -> None:
    found = resolved(text, published)["29/2"]
    assert (found.date_start, found.basis) == ((day(wanted), STAMP) if wanted else (None, "none"))


@pytest.mark.parametrize(
    ("published", "flags"),
    [("2017-08-20", []), ("2018-08-20", []), ("2016-09-01", []), ("2024-08-20", ["date_conflict"])],
)
def test_a_stamp_far_from_the_term_that_is_opened_is_a_conflict(published: str, flags: list[str]) -> None:
    text = "Đại hội Công đoàn Bệnh viện Tâm An, nhiệm kỳ 2017-2022\nSáng 18/8, đại hội họp. Năm nay, có 20 hộ nhận quà."
    found = resolved(text, published)["18/8"]
    assert (found.basis, found.flags) == (STAMP, ("year_inferred", *flags))


def test_a_window_is_as_the_table_of_the_rules_has_it() -> None:
    windows = Windows(RULES)
    reviewed = windows.in_year("year_reviewed", 2022)
    assert (reviewed.first, reviewed.last, reviewed.basis) == (day("2022-09-30"), day("2023-05-30"), CONTEXT)
    spring = windows.in_year("spring_named", 2024)
    assert (spring.first, spring.last) == (day("2023-11-01"), day("2024-03-31"))
    opened = windows.in_year("term_opened", 2023)
    assert (opened.first, opened.last, opened.basis) == (day("2023-01-01"), day("2023-12-31"), TERM)
    nearby = windows.about("day_nearby", (day("2021-05-03"), day("2021-05-04")))
    assert (nearby.first, nearby.last) == (day("2021-04-18"), day("2021-08-04"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ground: anniversary", "ground: jubilee", "the ground 'anniversary' is missing"),
        ("on: 06-30", "on: 06-31", "table windows: ends.on: "),
        ("on: 06-30", "on: 02-29", "table windows: ends.on: "),
        ("{at: last, days: 89}", "{at: end, days: 89}", "table windows: ends.at: "),
        ("  windows:\n", "  windows:\n    - {ground: x, begins: {at: first}, ends: {at: last}}\n",
         "the ground 'x' is none that is looked for"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_windows_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    shutil.copytree(RULES.root, tmp_path / "rules")
    file = tmp_path / "rules" / "date_context" / "years.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(message)):
        Windows(rules.load(tmp_path / "rules"))


def test_a_setting_of_the_rules_moves_what_is_a_ground(tmp_path: Path) -> None:
    shutil.copytree(RULES.root, tmp_path / "rules")
    file = tmp_path / "rules" / "date_context" / "years.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("first_year: 2008", "first_year: 2005"), encoding="utf-8")
    document, dates, terms = article("T\nNgày 20/6/2007, huyện khai mạc hội thao. Ngày 21/6, hội thao bế mạc.")
    found = resolve_dates(document, dates, terms, rules.load(tmp_path / "rules"))
    assert [r.date_start for r in found] == [day("2007-06-20"), day("2007-06-21")]


def test_the_main_day_gives_its_year_to_the_rest() -> None:
    found = resolved("T\nNgày 28/12, công đoàn tổng kết năm 2022.\nĐoàn trao quà ngày 5/1; năm nay có 20 hộ nhận quà.")
    assert found["28/12"].date_start == day("2022-12-28")
    assert found["5/1"].date_start == day("2023-01-05")
    assert found["năm nay"].date_start == day("2022-01-01")
    assert found["năm nay"].basis == CONTEXT


def test_stated_year_is_explicit_and_spans_the_turn_of_the_year() -> None:
    found = resolved("T\nTừ 28/12 đến 5/1/2023, xe chạy. Năm 2021 thì không.")
    span = found["28/12 đến 5/1/2023"]
    assert (span.date_start, span.date_end, span.basis) == (day("2022-12-28"), day("2023-01-05"), "explicit")
    assert (found["Năm 2021"].date_end, found["Năm 2021"].precision) == (day("2021-12-31"), "year")


def test_conflicts_are_flagged_not_mended() -> None:
    wrong = resolved("T\nThứ Hai, ngày 12/11/2025, đoàn họp.")["12/11/2025"]
    assert (wrong.date_start, wrong.flags) == (day("2025-11-12"), ("date_conflict",))
    assert resolved("T\nThứ Tư, ngày 12/11/2025, đoàn họp.")["12/11/2025"].flags == ()
    assert resolved("T\nNgày 12/11/2025, đoàn đã họp.", "2025-03-01")["12/11/2025"].flags == ("date_conflict",)
    assert resolved("T\nĐại hội dự kiến ngày 12/11/2025.", "2025-03-01")["12/11/2025"].flags == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ngày 31/2/2020, đoàn họp.", "impossible_date"),
        ("Sáng 31/4, đoàn họp.", "impossible_date"),
        ("Chiều mùng 5 Tết, chợ mở.", "lunar_date"),
        ("Giỗ tổ ngày 10/3 âm lịch.", "lunar_date"),
    ],
)
def test_refused_dates_say_why(text: str, code: str) -> None:
    (found,) = DATES(Passage.of(nfc(text)), Taken())
    assert isinstance(found, Refusal)
    assert found.code == code


def test_claimed_characters_are_left_alone() -> None:
    passage = Passage.of(nfc("Ngày 5/6, đoàn họp."))
    assert DATES(passage, Taken(((5, 8),))) == []


def test_a_quoted_today_is_not_the_stamps() -> None:
    found = resolved('T\nSáng 11/3, xưởng họp. "Hôm nay tôi vui", bà Lan nói.', "2015-03-12")
    assert found["Hôm nay"].date_start is None


def test_relative_words_agree_with_dateparser() -> None:
    """Counting from the stamp and dateparser say the same of every word of the list that dateparser reads."""
    stamp, read = dt.date(2023, 3, 31), []
    for words, relative in RULES["date"].lexicon["relative_word"].items():
        unit, offset = str(relative).split(":")
        other = by_dateparser(words, stamp)
        if unit == "year":
            assert other is None or other.year == stamp.year + int(offset)
        else:
            ours = period_of(counted(stamp, unit, int(offset)), unit)
            assert other is None or period_of(other, unit) == ours
        read += [words] * (other is not None)
    assert {"hôm qua", "hôm nay", "ngày mai", "tháng trước", "tuần trước"} <= set(read)


WORDS = "ngày sáng từ đến và tháng quý năm Tết ( ) , . - / 1 29 31 2 12 2024 2019-2024 5/6 28/12 30-6 III nay đầu %"
PIECES = st.sampled_from([*WORDS.split(), " ", " ", " ", "\n", "hôm qua", "nhiệm kỳ", "tổng kết"])


@given(st.lists(PIECES, max_size=40), st.sampled_from([None, "2024-02-29", "2023-01-01"]))
def test_any_text_gives_sound_dates(pieces: list[str], published: str | None) -> None:
    document, dates, terms = article("".join(pieces), published)
    found = resolve_dates(document, dates, terms, RULES)
    assert [r.mention for r in found] == dates
    assert all(a.end <= b.start for a, b in itertools.pairwise(dates))
    for result in found:
        assert document.text[result.mention.start : result.mention.end].strip()
        assert (result.date_start is None) == (result.date_end is None) == (result.basis == "none")
        assert result.date_start is None or result.date_end is None or result.date_start <= result.date_end
        assert 1 <= (result.mention.month or 1) <= 12


@pytest.mark.parametrize(
    "piece",
    [
        "1", "1/", "5/6, ", "ngày ", "12-", "năm 2020, ", "tháng 5, ", "(", "Tết - ", "2019 ", "5/6/2019 - 5/6/2020 ",
        "ngày 5/6 hội nghị Gặp gỡ Sông Trà năm 2018, ",
    ],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    def resolved(text: str) -> None:
        document, dates, terms = article("T\n" + text)
        resolve_dates(document, dates, terms, RULES)

    assert grows_linearly(resolved, piece)
