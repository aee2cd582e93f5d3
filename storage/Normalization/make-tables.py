#!/usr/bin/env python3
"""Prints the tables of Nfkc.cs from the Unicode data of this Python: python3 make-tables.py > nfkc.txt

Lines: "ccc CLASS RANGE...": code points that combine, by their class; "pair FIRST SECOND COMPOSED": what composes;
"full CODE CODE...": the full compatibility decomposition of a code point. Hangul syllables are left to arithmetic.
"""
import sys
import unicodedata

HANGUL = range(0xAC00, 0xAC00 + 11172)
codes = [c for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000 and c not in HANGUL]


def hexes(text):
    return " ".join(f"{ord(c):04X}" for c in text)


classes = {}
for code in codes:
    if combining := unicodedata.combining(chr(code)):
        ranges = classes.setdefault(combining, [])
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])

print(f"# Unicode {unicodedata.unidata_version}, by make-tables.py. Data: Copyright Unicode, Inc., https://www.unicode.org/terms_of_use.html")
for combining, ranges in sorted(classes.items()):
    print("ccc", combining, *(f"{first:04X}-{last:04X}" for first, last in ranges))
for code in codes:
    parts = unicodedata.decomposition(chr(code)).split()
    # Those excluded from composition decompose for good.
    if len(parts) == 2 and parts[0][0] != "<" and unicodedata.normalize("NFC", chr(code)) == chr(code):
        print("pair", *parts, f"{code:04X}")
for code in codes:
    full = unicodedata.normalize("NFKD", chr(code))
    if full != chr(code):
        print("full", f"{code:04X}", hexes(full))
