"""Write the lists that ship as data instead of as packages, `*.generated.json`: `python -m infra.generated_lists FOLDER`.

FOLDER holds the packages of requirements/lists.txt, unpacked:
`pip install --no-deps --require-hashes --target FOLDER -r requirements/lists.txt`.

* chalicelib/tasks/content/lint_characters.generated.json from OpenCC's dictionaries: one simplified character for each
  traditional or Japanese form. 26 KB; the package itself has 1.3 MB, mostly phrases that the lint does not need.
* chalicelib/click_links/crawlers.generated.json from crawler-user-agents: the patterns alone, 30 KB; the package has 650 KB,
  mostly examples.
* chalicelib/core/regions/public_holidays.generated.json from holidays: the weekdays that are not worked in ten years, and
  the weekends that are, 6 KB; the package has 14 MB, and its import takes half a second.
* chalicelib/core/regions/money_formats.generated.json from Babel's copy of CLDR: the formats of money of some locales, 5 KB;
  the package has 36 MB, and its first amount takes 0.2 s.

China's State Council publishes the working weekends of a year in November of the year before: write the holidays again then.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from chalicelib.core.regions.currencies import CURRENCIES

ROOT = Path(__file__).resolve().parent.parent
CHARACTERS = ROOT / "chalicelib" / "tasks" / "content" / "lint_characters.generated.json"
CRAWLERS = ROOT / "chalicelib" / "click_links" / "crawlers.generated.json"
HOLIDAYS = ROOT / "chalicelib" / "core" / "regions" / "public_holidays.generated.json"
MONEY_FORMATS = ROOT / "chalicelib" / "core" / "regions" / "money_formats.generated.json"
YEARS = range(2026, 2036)
COUNTRIES = ("CN", "US")
LOCALES = ("en", "en_IE", "en_US", "zh_Hans_CN", "de_DE", "es_ES", "fr_FR", "it_IT", "ja_JP", "nl_NL")


def characters(folder: Path) -> dict[str, Any]:
    """Return the folding table `{source, from, to}`: the n-th character of `from` becomes the n-th of `to`."""
    dictionary = folder / "opencc" / "dictionary"
    table = {old: new.split(" ")[0] for old, new in _pairs(dictionary / "TSCharacters.txt")}
    for traditional, forms in _pairs(dictionary / "JPVariants.txt"):
        for form in filter(_is_foreign, forms.split(" ")):
            table.setdefault(form, table.get(traditional, traditional))
    table = {old: new for old, new in sorted(table.items()) if old != new and len(old) == len(new) == 1}
    source = f"OpenCC's TSCharacters and JPVariants, Apache-2.0, as in opencc-python-reimplemented {_pin('opencc')}"
    return {"source": source, "from": "".join(table), "to": "".join(table.values())}


def crawlers(folder: Path) -> dict[str, Any]:
    """Return the patterns of crawlers `{source, newest, patterns}`; `newest` is the day of the last addition."""
    listed = json.loads((folder / "crawleruseragents" / "crawler-user-agents.json").read_text("utf-8"))
    days = sorted(entry["addition_date"].replace("/", "-") for entry in listed if entry.get("addition_date"))
    return {
        "source": f"crawler-user-agents {_pin('crawler')}, MIT",
        "newest": days[-1],
        "patterns": [entry["pattern"] for entry in listed],
    }


def holidays(folder: Path) -> dict[str, Any]:
    """Return the calendars `{source, calendars: {name: {holidays, worked}}}` of YEARS: countries, and ECB for the days on which the
    European Central Bank's payments are closed. Holidays on weekends are left out."""
    sys.path.insert(0, str(folder))
    import holidays as library  # type: ignore[import-not-found]

    calendars = {name: library.country_holidays(name, years=YEARS) for name in COUNTRIES}
    calendars["ECB"] = library.financial_holidays("ECB", years=YEARS)
    return {
        "source": f"holidays {_pin('holidays')}, MIT",
        "calendars": {
            name: {
                "holidays": [str(day) for day in sorted(days) if day.weekday() < 5],
                "worked": [str(day) for day in sorted(getattr(days, "weekend_workdays", ())) if day.year in YEARS],
            }
            for name, days in calendars.items()
        },
    }


def money_formats(folder: Path) -> dict[str, Any]:
    """Return the formats of money `{source, locales: {locale: {prefix, suffix, decimal, group, symbols}}}`."""
    sys.path.insert(0, str(folder))
    from babel import Locale  # type: ignore[import-not-found]
    from babel.numbers import get_currency_symbol  # type: ignore[import-not-found]

    found = {}
    for name in LOCALES:
        locale = Locale.parse(name)
        pattern, numbers = locale.currency_formats["standard"], locale.number_symbols["latn"]
        assert pattern.grouping == (3, 3), f"{name} groups digits by other numbers than three"
        symbols = {code: get_currency_symbol(code, name) for code in sorted(CURRENCIES)}
        found[name] = {
            "prefix": pattern.prefix[0],
            "suffix": pattern.suffix[0],
            "decimal": numbers["decimal"],
            "group": numbers["group"],
            "symbols": {code: symbol for code, symbol in symbols.items() if symbol != code},
        }
    return {"source": f"Unicode CLDR, Unicode-3.0, as in babel {_pin('babel')}", "locales": found}


def _is_foreign(character: str) -> bool:
    """Return True if mainland Chinese does not use the character. Some Japanese forms are other words there, such as 欠 for 缺."""
    try:
        return not character.encode("gb2312")
    except UnicodeEncodeError:
        return True


def _pairs(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text("utf-8").splitlines()
    return [(old, new) for old, _, new in (line.partition("\t") for line in lines if line)]


def _pin(name: str) -> str:
    text = (ROOT / "requirements/lists.txt").read_text("utf-8")
    found = re.search(rf"^{name}[a-z-]*==(\S+)", text, re.MULTILINE)
    assert found is not None, f"requirements/lists.txt does not pin {name}"
    return found.group(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
def main(folder: Path) -> None:
    """Write the files from the packages in FOLDER."""
    for path, document in (
        (CHARACTERS, characters(folder)),
        (CRAWLERS, crawlers(folder)),
        (HOLIDAYS, holidays(folder)),
        (MONEY_FORMATS, money_formats(folder)),
    ):
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
