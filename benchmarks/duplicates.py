"""Repeats: copies planted into real news, how many are found and how much of what is found is one.

``python -m benchmarks.duplicates NEWS [--articles N] [--copies M] [--joined]``: NEWS is a folder or a tar of text
files, an article each; ``--joined`` reads ``_`` as a space (corpora whose words are joined by it). Copies of random
articles are made with one kind of change each (`CHANGES`), at most a fifth of the words, and put before or after what
they copy. The news may hold repeats of its own: what is found beside the planted ones is compared shingle by shingle,
and counts as right where the exact Jaccard or containment (0.8) or the share of equal words in order (0.7) says so; the
rest is listed by number, to be read by a person.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import hashlib
import multiprocessing
import random
import resource
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.duplicates import MIN_WORDS, SHINGLE, Keyed, article_key, find_duplicates
from pipeline.text import canonical, nfc

MOST = 0.2
# what a site puts around an article; made up
FURNITURE = (
    "Trang chủ Thời sự Xã hội Kinh tế Giải trí Thể thao Bạn đọc Video",
    "Chia sẻ bài viết Facebook Zalo Sao chép liên kết In bài viết",
    "Bình luận của bạn sẽ được xét duyệt trước khi đăng. Họ tên Email Gửi bình luận",
    "Tin cùng chuyên mục",
    "Đăng ký nhận bản tin buổi sáng của chúng tôi",
    "Giấy phép hoạt động báo điện tử do cơ quan quản lý cấp. Ghi rõ nguồn khi phát hành lại thông tin",
    "Đường dây nóng Liên hệ quảng cáo Đặt báo giấy",
    "Cỡ chữ nhỏ vừa lớn Lượt xem Nghe đọc bài",
)
Lines = list[str]
Change = Callable[[Lines, random.Random, "Others"], Lines]


class Others:
    """Lines and words of other articles, to put in."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.lines = [line for text in texts for line in text.split("\n") if 5 < len(line.split()) < 40]
        self.words = [word for line in self.lines for word in line.split()]


def count(lines: Lines) -> int:
    return sum(len(line.split()) for line in lines)


def cut(lines: Lines, chance: random.Random, _: Others, share: float = MOST) -> Lines:
    """Words off the end, the beginning or both, as many as allowed or fewer."""
    budget = int(count(lines) * chance.uniform(share / 4, share))
    left = chance.choice((0, budget // 3, 0))
    words = [line.split() for line in lines]
    for at, amount in ((0, left), (-1, budget - left)):
        while amount and words:
            taken = min(amount, len(words[at]))
            words[at] = words[at][taken:] if at == 0 else words[at][: len(words[at]) - taken]
            amount -= taken
            if not words[at]:
                words.pop(at)
    return [" ".join(line) for line in words]


def reordered(lines: Lines, chance: random.Random, _: Others) -> Lines:
    """Up to a third of the paragraphs elsewhere."""
    lines = list(lines)
    for _moved in range(chance.randint(1, max(1, len(lines) // 3))):
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return lines


def caption(lines: Lines, chance: random.Random, others: Others) -> Lines:
    """One line in another wording, and one more."""
    lines = list(lines)
    fitting = [i for i, line in enumerate(lines) if len(line.split()) < count(lines) * MOST / 2]
    if fitting:
        lines[chance.choice(fitting)] = chance.choice(others.lines)
    if count(lines) > 40 / MOST:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(others.lines))
    return lines


def furniture(lines: Lines, chance: random.Random, others: Others, share: float = MOST) -> Lines:
    """Menus above, related headlines and notices below."""
    above: Lines = []
    below: Lines = []
    budget = count(lines) * chance.uniform(share / 2, share)
    while True:
        line = chance.choice(FURNITURE if chance.random() < 0.6 else others.lines)
        budget -= len(line.split())
        if budget < 0:
            return above + lines + below
        (above if chance.random() < 0.4 else below).append(line)


def edited(lines: Lines, chance: random.Random, others: Others, share: float | None = None) -> Lines:
    """Words replaced, left out and put in, anywhere."""
    share = chance.uniform(0.01, MOST) if share is None else share
    out = []
    for line in lines:
        words = []
        for word in line.split():
            if chance.random() >= share:
                words.append(word)
                continue
            how = chance.random()
            if how < 0.6:
                words.append(chance.choice(others.words))
            elif how < 0.8:
                words += [word, chance.choice(others.words)]
        out.append(" ".join(words))
    return out


def replaced(lines: Lines, chance: random.Random, others: Others) -> Lines:
    """Exactly every fifth word another one: the hardest that counts as a copy."""
    words = [line.split() for line in lines]
    places = [(i, j) for i, line in enumerate(words) for j in range(len(line))]
    for i, j in chance.sample(places, int(len(places) * MOST)):
        words[i][j] = chance.choice(others.words)
    return [" ".join(line) for line in words]


def several(lines: Lines, chance: random.Random, others: Others) -> Lines:
    """A bit of each, a fifth of the words together."""
    lines = reordered(cut(lines, chance, others, 0.08), chance, others)
    return furniture(edited(lines, chance, others, chance.uniform(0.01, 0.06)), chance, others, 0.06)


def respelt(lines: Lines, _: random.Random, __: Others) -> Lines:
    """The same words in other spaces and capitals."""
    return [line.upper() if i == 0 else line.replace(" ", "  ") for i, line in enumerate(lines)]


def twice(lines: Lines, chance: random.Random, others: Others) -> Lines:
    """The text again below itself, as pages for several screens hold it, in other furniture."""
    return lines + furniture(lines, chance, others)


CHANGES: dict[str, Change] = {
    "same words": respelt,
    "cut": cut,
    "reordered": reordered,
    "caption": caption,
    "furniture": furniture,
    "words, up to 20 %": edited,
    "words, 20 % replaced": replaced,
    "several": several,
    "twice in the page": twice,
}


def read(news: Path, joined: bool) -> Iterator[str]:
    """The texts, one at a time."""
    if news.is_dir():
        for path in sorted(p for p in news.rglob("*") if p.is_file()):
            yield tidy(path.read_bytes(), joined)
        return
    with tarfile.open(news) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is not None:
                yield tidy(file.read(), joined)


def tidy(raw: bytes, joined: bool) -> str:
    text = raw.decode("utf-8", errors="replace")
    lines = (text.replace("_", " ") if joined else text).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def place(name: str) -> str:
    """A source, so that copies stand before what they copy as often as after it."""
    return f"site-{hashlib.sha256(name.encode()).hexdigest()[:12]}/{name}.txt"


def make(args: argparse.Namespace, keys: Path) -> tuple[dict[str, str], dict[str, int], list[float]]:
    """Keys of news and copies, as a file. What each copy changed, how often each kind, seconds a key."""
    chance = random.Random(args.seed)
    copied = set(chance.sample(range(args.articles), args.copies))
    others = Others([text for text, _ in zip(read(args.news, args.joined), range(300), strict=False)])
    kinds: dict[str, str] = {}
    seconds: list[float] = []
    columns = pa.schema([("source", pa.string()), ("id", pa.string()), ("sha", pa.binary()), ("sig", pa.binary())])
    rows: list[tuple[object, ...]] = []
    skipped = taken = 0
    with pq.ParquetWriter(keys, columns) as writer, args.texts(keys).open("w", encoding="utf-8") as kept:

        def add(name: str, text: str) -> None:
            start = time.perf_counter()
            key = article_key(text)
            seconds.append(time.perf_counter() - start)
            rows.append((place(name), name, *key))
            kept.write(f"{name}\t{text.replace(chr(10), chr(11))}\n")
            if len(rows) >= 5000:
                flush()

        def flush() -> None:
            writer.write_table(pa.table(list(map(list, zip(*rows, strict=True))), schema=columns))
            rows.clear()

        for text in read(args.news, args.joined):
            if len(text.split()) < MIN_WORDS:
                skipped += 1
                continue
            if taken == args.articles:
                break
            name = f"a{taken:07}"
            add(name, text)
            if taken in copied:
                kind = chance.choice(list(CHANGES))
                copy = f"c{taken:07}"
                kinds[copy] = kind
                add(copy, "\n".join(CHANGES[kind](text.split("\n"), chance, others)))
            taken += 1
        if rows:
            flush()
    print(f"{taken} articles, {len(kinds)} copies planted, {skipped} short texts left out")
    return kinds, dict(collections.Counter(kinds.values())), seconds


def keyed(path: Path) -> Iterator[Keyed]:
    for batch in pq.ParquetFile(path).iter_batches(5000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def search(path: Path, found: multiprocessing.Queue[tuple[dict[str, str], float, float]]) -> None:
    """In a process of its own, for its peak of memory."""
    start = time.perf_counter()
    result = find_duplicates(keyed(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.put((result, time.perf_counter() - start, peak))


def shingles(text: str) -> set[int]:
    words = canonical(nfc(text)).lower().split()
    return {hash(tuple(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1)}


def likeness(one: str, other: str) -> tuple[float, float]:
    """Exact Jaccard and containment of the word shingles."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b), len(a & b) / min(len(a), len(b))


def in_order(one: str, other: str) -> float:
    """Share of the words of both that a comparison word by word finds to be the same."""
    a, b = (canonical(nfc(text)).lower().split() for text in (one, other))
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def report(
    kinds: dict[str, str], planted: dict[str, int], found: dict[str, str], texts: Callable[[set[str]], dict[str, str]]
) -> None:
    groups: dict[str, set[str]] = collections.defaultdict(set)
    for repeat, head in found.items():
        groups[head] |= {repeat, head}
    group_of = {name: head for head, group in groups.items() for name in group}
    hits: collections.Counter[str] = collections.Counter()
    for copy, kind in kinds.items():
        hits[kind] += group_of.get(copy, copy) == group_of.get("a" + copy[1:], "a" + copy[1:])
    print(f"\n{'kind of change':24}{'planted':>9}{'found':>8}{'recall':>9}")
    for kind in CHANGES:
        if planted.get(kind):
            print(f"{kind:24}{planted[kind]:9}{hits[kind]:8}{hits[kind] / planted[kind]:9.4f}")
    print(f"{'all':24}{len(kinds):9}{hits.total():8}{hits.total() / len(kinds):9.4f}")

    strange = [(repeat, head) for repeat, head in found.items() if repeat[1:] != head[1:]]
    # a copy in a group of the news' own repeats is judged by what it copies
    held = texts({"a" + name[1:] for pair in strange for name in pair})
    bins: collections.Counter[str] = collections.Counter()
    unsure = []
    for repeat, head in strange:
        jaccard, containment = likeness(held["a" + repeat[1:]], held["a" + head[1:]])
        if repeat[1:] == head[1:] or jaccard >= 0.8:
            bins["jaccard >= 0.8"] += 1
        elif containment >= 0.8:
            bins["containment >= 0.8"] += 1
        elif (same := in_order(held["a" + repeat[1:]], held["a" + head[1:]])) >= 0.7:
            bins["same words in order >= 0.7"] += 1
        else:
            bins[f"unsure, jaccard {int(jaccard * 10) / 10:.1f}"] += 1
            unsure.append((jaccard, containment, same, repeat, head))
    print(f"\n{len(found)} repeats found, {len(found) - len(strange)} of them planted; the others, beside their head:")
    for name, number in sorted(bins.items()):
        print(f"  {name:28}{number:6}")
    sure = len(found) - len(unsure)
    print(f"precision: {sure / max(len(found), 1):.4f} with every unsure one wrong. Of them, to be read by a person")
    print("(Jaccard, containment, words in order, repeat, head):")
    for jaccard, containment, same, repeat, head in sorted(unsure)[:20]:
        print(f"  {jaccard:.2f} {containment:.2f} {same:.2f} {repeat} {head}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Repeats planted into real news, and how many are found.")
    parser.add_argument("news", metavar="NEWS", type=Path, help="folder or tar of text files, an article each")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--copies", type=int, default=8_000)
    parser.add_argument("--joined", action="store_true", help="read _ as a space")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for keys and texts (default: a temporary one)")
    args = parser.parse_args()
    args.copies = min(args.copies, args.articles)
    args.texts = lambda keys: keys.with_suffix(".tsv")
    with tempfile.TemporaryDirectory() as folder:
        keys = (args.keep or Path(folder)) / "keys.parquet"
        kinds, planted, seconds = make(args, keys)

        def texts(names: set[str]) -> dict[str, str]:
            with args.texts(keys).open(encoding="utf-8", newline="\n") as lines:
                pairs = (line.rstrip("\n").partition("\t") for line in lines)
                return {name: text.replace(chr(11), "\n") for name, _, text in pairs if name in names}

        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        child = context.Process(target=search, args=(keys, queue))
        child.start()
        found, elapsed, peak = queue.get()
        child.join()
        print(
            f"keys: {statistics.median(seconds) * 1e3:.3f} ms an article (median), {sum(seconds) / 60:.2f} min in all"
        )
        print(f"search: {elapsed / 60:.2f} min, peak {peak:.0f} MB of memory")
        report(kinds, planted, found, texts)


if __name__ == "__main__":
    main()
