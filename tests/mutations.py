"""Seeded damage to files: what a transfer, a careless tool or an attacker may have done to a PDF or a text.

The same seed and sources give the same bytes. Every kind takes a random source and the file, and gives another file.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pypdf import PdfReader, PdfWriter

Mutation = Callable[[Random, bytes], bytes]

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.#/-])-?\d+(?:\.\d+)?(?![\w.])")
_LENGTH = re.compile(rb"/Length\s+\d+")
_KIDS = re.compile(rb"/Kids\s*\[[^\]]*\]")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]*")
_HUGE = (
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483648",
    b"-9223372036854775809",
    b"1e400",
    b"99999999999999999999",
    b"0.0000001",
    b"1" * 400,
)
#: Longer spans are copied and cut no more often than these.
_LONGEST_SPAN = 4000


@dataclass(frozen=True, slots=True)
class Mutated:
    """A damaged file; ``name`` says the seed, the file and what was done to it."""

    name: str
    content: bytes


def mutated(seed: int, sources: Mapping[str, bytes]) -> Mutated:
    """The file of this seed, with one to five mutations."""
    random = Random(seed)  # noqa: S311  # not for secrets: the same seed must give the same file
    names = sorted(sources)
    # Large files take long to read: they come less often, so that more files are tried in the time.
    (source,) = random.choices(names, [max(1, len(sources[name])) ** (-1 / 3) for name in names])
    content = sources[source]
    kinds = PDF_KINDS if content.startswith(b"%PDF-") else TEXT_KINDS
    done = []
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        kind = random.choice(sorted(kinds))
        content = kinds[kind](random, content)
        done.append(kind)
    # A file without its end is refused at once; most of them go deeper.
    if kinds is PDF_KINDS and b"%%EOF" not in content[-1024:] and random.random() < 0.8:
        content += b"\n%%EOF\n"
    return Mutated(f"seed-{seed}-{source}-{'-'.join(done)}", content)


def first_pages(content: bytes, pages: int = 1) -> bytes:
    """The first pages of a PDF alone, so that damage is likely to hit what is read."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(content)).pages[:pages]:
        writer.add_page(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def fixture_files(folder: Path) -> dict[str, bytes]:
    """The first page of every PDF among the fixtures and every text, by file name."""
    pdfs = {path.name: first_pages(path.read_bytes()) for path in sorted(folder.glob("*/*.pdf"))}
    return pdfs | {path.name: path.read_bytes() for path in sorted(folder.glob("*/*.txt"))}


def _span(random: Random, content: bytes, longest: int = _LONGEST_SPAN) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + random.randrange(1, random.choice((2, 16, 200, longest))))


def _replaced(content: bytes, match: re.Match[bytes], instead: bytes, group: int = 0) -> bytes:
    return content[: match.start(group)] + instead + content[match.end(group) :]


def _one_of(random: Random, pattern: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    found = list(pattern.finditer(content))
    return random.choice(found) if found else None


def flip(random: Random, content: bytes) -> bytes:
    """Some bits are others."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 4, 30, 300)) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def delete(random: Random, content: bytes) -> bytes:
    """A span is gone."""
    start, end = _span(random, content)
    return content[:start] + content[end:]


def insert(random: Random, content: bytes) -> bytes:
    """Random bytes, or one byte over and over, stand between others."""
    at, size = random.randrange(len(content) + 1), random.choice((1, 8, 100, 5000))
    added = (
        random.randbytes(size)
        if random.random() < 0.5
        else random.choice((b"\0", b"(", b"<", b"[", b" ", b"9", b"\n", b"%")) * size
    )
    return content[:at] + added + content[at:]


def duplicate(random: Random, content: bytes) -> bytes:
    """A span stands twice, the second time somewhere else."""
    start, end = _span(random, content)
    at = random.randrange(len(content) + 1)
    return content[:at] + content[start:end] + content[at:]


def truncate(random: Random, content: bytes) -> bytes:
    """The end is missing."""
    return content[: random.randrange(len(content) + 1)]


def swap_objects(random: Random, content: bytes) -> bytes:
    """Two objects have each other's number."""
    found = list(_OBJECT.finditer(content))
    if len(found) < 2:
        return content
    first, second = sorted(random.sample(found, 2), key=lambda match: match.start())
    return _replaced(_replaced(content, second, first[2], 2), first, second[2], 2)


def wrong_length(random: Random, content: bytes) -> bytes:
    """A stream is said to be of another length."""
    match = _one_of(random, _LENGTH, content)
    return _replaced(content, match, b"/Length " + random.choice(_HUGE)) if match else content


def loop(random: Random, content: bytes) -> bytes:
    """Pages whose children are any objects, perhaps their parents or themselves, some of them twice."""
    match, numbers = _one_of(random, _KIDS, content), [found[1] for found in _OBJECT.finditer(content)]
    if not match or not numbers:
        return content
    kids = b" ".join(random.choice(numbers) + b" 0 R" for _ in range(random.choice((1, 2, 50))))
    own = [found[1] for found in _OBJECT.finditer(content) if found.start() < match.start() < found.end()]
    if own and random.random() < 0.5:
        kids = own[0] + b" 0 R " + own[0] + b" 0 R"
    return _replaced(content, match, b"/Kids [" + kids + b"]")


def other_number(random: Random, content: bytes) -> bytes:
    """A number of the file's structure is another."""
    match = _one_of(random, _NUMBER, _STREAM.sub(lambda found: b" " * len(found[0]), content))
    return content[: match.start()] + random.choice(_HUGE) + content[match.end() :] if match else content


def other_name(random: Random, content: bytes) -> bytes:
    """A name is another one of the file's."""
    names = _NAME.findall(content)
    match = _one_of(random, _NAME, content)
    return _replaced(content, match, random.choice(names)) if match else content


def nest(random: Random, content: bytes) -> bytes:
    """A value is within thousands of arrays or dictionaries."""
    match = _one_of(random, re.compile(rb"(?<=/)[A-Z]\w* (?=[\d\[<(/])"), content)
    if not match:
        return content
    depth = random.choice((50, 1000, 20_000))
    opening = random.choice((b"[", b"<</A ", b"("))
    return content[: match.end()] + opening * depth + content[match.end() :]


def drawing(random: Random, content: bytes) -> bytes:
    """What a page draws is changed: numbers, operators, pieces over and over. The stream is whole, and packed as before."""
    match = _one_of(random, _STREAM, content)
    if not match:
        return content
    try:
        data, is_packed = zlib.decompress(match[1]), True
    except zlib.error:
        data, is_packed = match[1], False
    for _ in range(random.choice((1, 5, 50))):
        data = random.choice((_other_operand, _other_operator, _repeated))(random, data)
    packed = zlib.compress(data) if is_packed else data
    changed = _replaced(content, match, packed, 1)
    start = max(0, match.start() - 400)
    lengths = list(_LENGTH.finditer(changed, start, match.start()))
    return _replaced(changed, lengths[-1], b"/Length %d" % len(packed)) if lengths else changed


def _other_operand(random: Random, data: bytes) -> bytes:
    match = _one_of(random, _NUMBER, data)
    return _replaced(data, match, random.choice(_HUGE)) if match else data


def _other_operator(random: Random, data: bytes) -> bytes:
    operators = (
        b"q",
        b"Q",
        b"BT",
        b"ET",
        b"cm",
        b"Tm",
        b"Tj",
        b"TJ",
        b"Tf",
        b"Do",
        b"re",
        b"l",
        b"S",
        b"f",
        b"BI",
        b"ID",
        b"EI",
        b"'",
        b"gs",
    )
    match = _one_of(random, re.compile(rb"(?<=[\s)\]])[A-Za-z'\"*]{1,2}(?=\s)"), data)
    return _replaced(data, match, random.choice(operators)) if match else data


def _repeated(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.choice((1, 2, 20)) + data[end:]


def other_lines(random: Random, content: bytes) -> bytes:
    """The lines of a text in another order, doubled, or as one."""
    lines = content.split(b"\n")
    start, end = sorted((random.randrange(len(lines) + 1), random.randrange(len(lines) + 1)))
    piece = lines[start:end]
    choice = random.randrange(4)
    if choice == 0:
        random.shuffle(piece)
    elif choice == 1:
        piece *= 2
    elif choice == 2:
        piece = [b"".join(piece)]
    else:
        piece = []
    return b"\n".join([*lines[:start], *piece, *lines[end:]])


def other_characters(random: Random, content: bytes) -> bytes:
    """Characters of a text are others, still in UTF-8: marks, spaces, controls, page ends, letters of other scripts."""
    text = list(content.decode("utf-8", errors="ignore"))
    for _ in range(random.choice((1, 10, 200)) if text else 0):
        text[random.randrange(len(text))] = random.choice("■●①○（）「」：\n\f\t　 0９-ー#※\u200b\u202e\U0001f600é漢")
    return "".join(text).encode("utf-8")


_ANY: Sequence[Mutation] = (flip, delete, insert, duplicate, truncate)
_OF_PDFS: Sequence[Mutation] = (
    swap_objects, wrong_length, loop, other_number, other_name, nest, drawing, drawing, drawing,
)  # fmt: skip
PDF_KINDS: Mapping[str, Mutation] = {kind.__name__: kind for kind in (*_ANY, *_OF_PDFS)}
TEXT_KINDS: Mapping[str, Mutation] = {kind.__name__: kind for kind in (*_ANY, other_lines, other_characters)}
