import pytest

from pipeline import rules
from pipeline.clean import CleanArticle, RawRecord, Refused, clean_record
from pipeline.cleaning.language import LanguageCheck
from pipeline.cleaning.old_encodings import is_syllable
from pipeline.errors import Reject

CHECK = LanguageCheck(rules.load())
MIRROR = (
    "On the morning of October 9, the Labor Confederation of Thanh Tri district held the 11th congress for the term "
    "2018-2023. Comrade Nguyen Van Thanh, Vice Chairman of the provincial Federation of Labor, attended. In the "
    "past term, 26/26 targets were met, and 338 union members in hardship got gifts worth 884 million VND."
)
NAMES = (
    "Công đoàn Công ty TNHH Regina Miracle International Vietnam cùng Công đoàn LG Display, LG Electronics, Heesung "
    "Electronics, Pegatron, USI, SK và Synztec ký thỏa ước lao động tập thể nhóm doanh nghiệp điện tử tại Khu công "
    "nghiệp Tràng Duệ, trước sự chứng kiến của ông James Smith, Giám đốc The Solidarity Center tại Việt Nam."
)
# in the manner of Ê Đê news: letters of Vietnamese, words that are none
HIGHLANDS = (
    "Klei bhiăn hŏng mnuih mă bruă hlăm čar Dăk Lăk: Hruê anei, Anôk bruă čar mâo bi kƀin hŏng phung mnuih mă bruă, "
    "hưn mdah klei ngă bruă hlăm thŭn, lehanăn brei mnơ̆ng kơ 50 čô mnuih mă bruă dleh dlan."
)
FRENCH = (
    "La fédération a réuni ses délégués à Hanoï pour préparer le congrès; les ouvriers y étaient très représentés. " * 2
)
CHINESE = "越南劳动总联合会今天在河内举行会议，总结年度工作，并为困难工人赠送礼物。" * 4
KHMER = "សហជីពកម្មករនៅខេត្តបានរៀបចំសន្និសីទប្រចាំឆ្នាំរបស់ខ្លួនកាលពីថ្ងៃសុក្រ។" * 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MIRROR, "English"),
        (MIRROR.replace("Labor", "Lao Động").replace("Nguyen Van Thanh", "Nguyễn Văn Thành"), "English"),
        (HIGHLANDS, "another language"),
        (FRENCH, "not Vietnamese"),
        (CHINESE * 2, "not Vietnamese"),
        (KHMER, "not Vietnamese"),
        (
            "Sang ngay 9/10, Cong doan nganh Y te tinh to chuc hoi nghi so ket phong trao cong nhan vien chuc.",
            "diacritics",
        ),
    ],
)
def test_other_languages_are_refused_by_name(text: str, words: str) -> None:
    result = clean_record(RawRecord(text), rules.load())
    assert isinstance(result, Refused)
    assert (result.reason, words in result.detail) == (Reject.NOT_VIETNAMESE, True), result.detail


@pytest.mark.parametrize(
    "text",
    [
        NAMES,
        "Ngày 20/11, LĐLĐ huyện Cát Hải tặng 50 suất quà.",
        "SÁNG 9/10, CÔNG ĐOÀN NGÀNH Y TẾ TỈNH TỔ CHỨC HỘI NGHỊ SƠ KẾT 9 THÁNG.",
        "Tại huyện Krông Pắk, Cư M'gar, Ea H'leo (Đắk Lắk), ông Y Nuê Buôn Krông và bà H'Hạnh Niê tặng quà đoàn viên.",
    ],
)
def test_vietnamese_with_foreign_names_or_of_one_sentence_passes(text: str) -> None:
    assert CHECK(text) is None
    result = clean_record(RawRecord(text), rules.load())
    assert isinstance(result, CleanArticle)
    assert result.text == text


@pytest.mark.parametrize("text", ["Đại hội", "Trang chủ", "Ảnh: Văn An", "1.234.567"])
def test_less_than_a_sentence_is_no_article(text: str) -> None:
    found = CHECK(text)
    assert found is not None
    assert found[0] is Reject.NO_TEXT


def test_syllables() -> None:
    words = "người NGHIÊNG khuỷu quyết giặt gì oán thuở xoèn yêu ườn khúc hợp quốc ngoạch đương".split()  # noqa: SIM905
    assert [word for word in words if not is_syllable(word)] == []


def test_no_syllables() -> None:
    words = "khùc hơp quôc đuơng bhiăn été straße klei nguời côngđoàn tr ngh ăâ".split()  # noqa: SIM905
    assert [word for word in words if is_syllable(word)] == []
