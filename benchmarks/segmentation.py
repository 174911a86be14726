"""Words and sentences: underthesea's own functions against the fast ones, on the same text, one process.

``python -m benchmarks.segmentation [FOLDER] [--articles N] [--before M]``: FOLDER holds ``*.txt`` articles; without it,
articles are put together from the lines of the samples. M articles warm the caches before N others are measured.
Every line is compared; the figures are milliseconds of processor time an article, medians.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.crf_words import (
    CHECK_LINES,
    FastSentences,
    FastWords,
    PlainWords,
    load_words,
    plain_sentence_spans,
)
from pipeline.text import nfc

ROOT = Path(__file__).resolve().parent.parent
Article = list[str]


def read_articles(folder: Path, count: int) -> list[Article]:
    files = sorted(folder.rglob("*.txt"))
    random.Random(1).shuffle(files)
    texts = (nfc(path.read_text(encoding="utf-8", errors="replace")) for path in files[:count])
    return [[line for line in text.splitlines() if line.strip()] for text in texts]


def made_articles(count: int, size: int = 2500) -> list[Article]:
    lines = [line for article in read_articles(ROOT / "data" / "raw" / "samples", 1000) for line in article]
    chance = random.Random(2)
    articles = []
    for _ in range(count):
        article: Article = []
        while sum(map(len, article)) < size:
            article.append(chance.choice(lines))
        articles.append(article)
    return articles


def quiet(what: Callable[[str], Any]) -> Callable[[str], Any]:
    def run(line: str) -> Any:
        try:
            return what(line)
        except ValueError:
            return None

    return run


def timed(what: Callable[[str], Any], articles: list[Article]) -> tuple[float, list[Any]]:
    """Median milliseconds an article, and what came out, line by line."""
    gc.collect()
    gc.freeze()  # what is kept to be compared should not cost the collector's time
    costs, found = [], []
    for article in articles:
        start = time.process_time()
        found += [what(line) for line in article]
        costs.append((time.process_time() - start) * 1e3)
    return statistics.median(costs), found


def seconds(what: Callable[[], Any]) -> float:
    start = time.process_time()
    what()
    return time.process_time() - start


def load_costs() -> None:
    code = (
        "import time, underthesea; t = time.process_time; a = t(); from pipeline.crf_words import *; b = t();"
        "f = FastWords(); c = t(); p = PlainWords(); p('a'); d = t(); [p(s) == f(s) for s in CHECK_LINES]; e = t();"
        "print(f'module {b-a:.3f} s, fast {c-b:.3f} s, underthesea {d-c:.3f} s, comparing {e-d:.3f} s')"
    )
    done = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(3)
    ]
    print("load, three times (processor time):", *done, sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--before", type=int, default=1000)
    given = parser.parse_args()
    load_costs()

    wanted = given.articles + given.before
    articles = read_articles(given.folder, wanted) if given.folder else made_articles(wanted)
    tested, before = articles[: given.articles], articles[given.articles :]
    lines = [line for article in tested for line in article]
    print(
        f"underthesea {version('underthesea')}; {len(tested)} articles, {len(lines)} lines, "
        f"{sum(map(len, lines)) / len(tested):.0f} characters each; {len(before)} others before"
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fast, sentences, plain = FastWords(), FastSentences(), PlainWords()
    plain("")
    rows: list[tuple[str, float]] = []

    def measure(name: str, what: Callable[[str], Any]) -> list[Any]:
        cost, found = timed(what, tested)
        rows.append((name, cost))
        return found

    fast_words = measure("words, fast, cold", fast)
    fast = FastWords()
    timed(quiet(fast.spans), before)
    measure("spans, fast, new text, warm", quiet(fast.spans))
    fast_spans = measure("spans, fast, seen text", quiet(fast.spans))
    measure("words, fast, seen text", fast)
    kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    words = measure("words, underthesea", plain)
    spans = measure("spans, underthesea", quiet(plain.spans))
    cut = measure("sentences, underthesea", plain_sentence_spans)
    fast_cut = measure("sentences, fast", sentences)
    base = dict(rows)["words, underthesea"]
    for name, cost in rows:
        print(f"  {name:<30}{cost:9.3f} ms  {cost / base:7.3f} of underthesea's words")
    different = [
        sum(a != b for a, b in zip(one, other, strict=True))
        for one, other in ((words, fast_words), (spans, fast_spans), (cut, fast_cut))
    ]
    print(f"lines that differ: words {different[0]}, spans {different[1]}, sentences {different[2]} of {len(lines)}")
    print(f"caches {fast._caches.size()} entries; both models and caches {kept / 1024:.0f} MB at most")
    print(f"load and check again: {seconds(load_words):.3f} s for {len(CHECK_LINES)} lines")
    sys.exit(any(different))


if __name__ == "__main__":
    main()
