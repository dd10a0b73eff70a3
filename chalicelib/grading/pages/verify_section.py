"""How to compute the grade oneself: a part of the page of a grade. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalicelib.grading.model.factors import FIGURES
from chalicelib.grading.model.grade import POINT, PPM, Grade
from chalicelib.grading.pages.wording import WORDS, chinese, figure
from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import section


def check(graded: Grade, told: dict[str, Any]) -> Html:
    """The arithmetic in words, the command that does it, and the signs behind the factors that have any."""
    version = quote(told["methodology_version"])
    return section(
        "Check it yourself",
        element(
            "p",
            "The grade is arithmetic in whole numbers: the figures below and the published methodology give anyone the same "
            "digits. It cannot be set by hand or bought.",
        ),
        element(
            "ol",
            element(
                "li",
                "Take methodology ",
                element("a", told["methodology_version"], href=f"../v1/grading/methodology?version={version}"),
                ": every weight, curve and threshold. It never changes once it is published.",
            ),
            element(
                "li", "Look up what each figure earns of its weight; contribution = weight × points ÷ all weights."
            ),
            element(
                "li",
                "Add up. The highest grade whose threshold the sum reaches is the grade; one that the account has is kept until "
                f"the sum falls {graded.methodology.margin / POINT:g} below it.",
            ),
        ),
        element(
            "details",
            element("summary", "Or let the market's own program do it (Python 3.11 or newer, nothing to install)"),
            element("p", "In a folder with the source code:"),
            element("pre", recomputation(graded)),
        ),
        *[_sign_table(line) for line in told["factors"] if "signs" in line and line["value"] is not None],
    )


def recomputation(graded: Grade) -> str:
    """A command for a shell that computes this grade from its evidence and prints it, with the program's source code only."""
    arguments = f"evidence, published({graded.methodology.version!r}), {graded.category!r}, {graded.held!r}"
    figures = ",\n".join(f"    {name!r}: {value!r}" for name, value in graded.evidence.as_json().items())
    return (
        "python3 - <<'END'\n"
        "from chalicelib.grading.model.evidence import Evidence\n"
        "from chalicelib.grading.model.grade import grade\n"
        "from chalicelib.grading.model.methodology import published\n\n"
        f"evidence = Evidence.from_json({{\n{figures},\n}})\n"
        f"found = grade({arguments})\n"
        "for factor in found.factors:\n"
        "    print(factor.rule.name, factor.contribution / 1000)\n"
        "print(found.grade, found.score / 1000)\n"
        "END"
    )


def _sign_table(line: dict[str, Any]) -> Html:
    """The signs that a factor is made of, the known ones with what each does."""
    rows = [
        element(
            "tr",
            element("th", WORDS.get(sign["name"], sign["name"]), " ", chinese(sign["label"])),
            element("td", "not known" if sign["value"] is None else _sign_value(sign)),
            element("td", "" if sign["effect"] is None else f"{sign['effect']:+.3f}"),
            class_="off" if sign["value"] is None else None,
        )
        for sign in line["signs"]
    ]
    effect = "log odds" if line["name"] == "quality" else "share"
    head = element("thead", element("tr", element("th", "Sign"), element("td", "value"), element("td", effect)))
    return element(
        "details",
        element("summary", f"The signs behind {line['name']}"),
        element("table", head, element("tbody", rows)),
    )


def _sign_value(sign: dict[str, Any]) -> str:
    is_share = FIGURES.get(sign["name"], ("", 0))[1] == PPM
    return f"{sign['value']:.1%}" if is_share else figure(sign["value"])
