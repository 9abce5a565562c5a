"""What somebody may type, paste or send that is no query: very long, unseen signs, halves of characters, other engines' operators."""

from __future__ import annotations

#: Characters of the long ones.
LONG = 10_000

# fmt: off
ODD_QUERIES: tuple[str, ...] = (
    *(letter * LONG for letter in ("あ", "生", "a", "ア", "1", "-", "0", "🙂", "（", "\u0301", "\u200d", "ﾞ", " ", "\n")),
    *(words * (LONG // len(words)) for words in (
        "生理用品 ", "夫に殴られた", "死にたい", "札幌", "でんわ", "ナプキン・", "011-211-2962 ", "seiri ", "お金が", "男女共同参画", "あのね、それでね", "課局部室",
        "お金……ない", "ｶﾞｷﾞｸﾞ", "𠮟る", "👨‍👩‍👧", "A̶", "㍿㌔",
    )),
    "".join(map(chr, range(0x20))),
    "".join(map(chr, range(0x7F, 0xA0))) + "\u2028\u2029\ufeff\u202e\u2066",
    *("\ud800", "相談\udfff電話", "\udc00\ud800", "ナプキン\ud83d"),
    *("' OR 1=1 --", "'; DROP TABLE listings; --", '" UNION SELECT * FROM bitmaps --', "%", "_", "\\", "*", "?", "\x00相談"),
    *("kind = sheet", "name:相談", "相談 AND 電話", "相談 OR 電話", "NOT 相談", "NEAR(相談 電話)", "相談*", "^相談", "+相談 -電話", "相談~2", "相談^4"),
    *('"相談', "「相談", "(相談", "{相談}", "[相談 TO 電話]", "/相談/", "相談 && 電話 || !居場所", "order:asc", "_geoRadius(1,2,3)", "IN [a]", "<b>相談</b>"),
    *("🙂", "🈵相談", "👨‍👩‍👧‍👦", "🇯🇵", "e\u0301", "\u3099", "㍻", "\U0010ffff", "\ue000"),
)
# fmt: on
