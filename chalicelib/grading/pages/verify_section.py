"""Instructions to recompute the grade: a section of the grade page. Pure."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.grading import response_types
from chalicelib.grading.model.factors import FIGURES, PPM
from chalicelib.grading.model.grade import POINT, Grade
from chalicelib.grading.pages.wording import WORDS, chinese, figure, is_figure_known, is_rising
from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import section


def verification(graded: Grade, response: response_types.AccountGrade) -> Html:
    """Return the section with the computation in words, a command that runs it, and the signs of each factor."""
    version = quote(response["methodology_version"])
    return section(
        "Check it yourself",
        element(
            "p",
            "The grade is computed in whole numbers. With the figures below and the published methodology, everyone gets the same "
            "digits.",
        ),
        element(
            "ol",
            element(
                "li",
                "Take methodology ",
                element("a", response["methodology_version"], href=f"../v1/grading/methodology?version={version}"),
                ". It has every weight, curve and threshold. A published methodology never changes.",
            ),
            element(
                "li",
                "Look up what each figure adds in the table of its factor."
                if is_rising(graded)
                else "Look up the points of each figure. A factor adds weight × points ÷ sum of all weights.",
            ),
            element(
                "li",
                "Add up. The grade is the highest one whose threshold the sum reaches. An account keeps its present grade until "
                f"the sum is more than {graded.methodology.margin / POINT:g} below the threshold.",
            ),
        ),
        element(
            "details",
            element("summary", "Or run the market's own program (Python 3.11 or newer, nothing to install)"),
            element("p", "In a folder with the source code:"),
            element("pre", recomputation(graded)),
        ),
        *[
            _sign_table(line, graded)
            for line in response["factors"]
            if "signs" in line and not line["evidence"]["missing"]
        ],
    )


def recomputation(graded: Grade) -> str:
    """Return a shell command that computes this grade from its evidence and prints it; it needs only the program's source code."""
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


def _sign_table(line: response_types.Factor, graded: Grade) -> Html:
    """Return the table of the signs of a factor, with the direction of the known ones."""
    rows = [
        element(
            "tr",
            element("th", WORDS.get(sign["name"], sign["name"]), " ", chinese(sign["label"])),
            element("td", _sign_value(sign, graded)),
            element("td", _direction(line["name"], sign["effect"])),
            class_="off" if sign["value"] is None else None,
        )
        for sign in line["signs"]
    ]
    head = element("thead", element("tr", element("th", "Sign"), element("td", "value"), element("td", "effect")))
    return element(
        "details",
        element("summary", f"The signs behind {line['name']}"),
        element("table", head, element("tbody", rows)),
    )


def _direction(factor: str, effect: float | None) -> str:
    """Return the effect of a sign in words: a share of the record, or whether it adds points. The numbers are in the API."""
    if effect is None:
        return ""
    if factor == "conduct":
        return f"{effect:.0%}"
    return "adds points" if effect > 0 else "takes points" if effect < 0 else "none"


def _sign_value(sign: response_types.Sign, graded: Grade) -> str:
    if sign["value"] is None:
        return "too few reactions" if is_figure_known(sign["name"], graded.evidence) else "not known"
    is_share = FIGURES.get(sign["name"], ("", 0))[1] == PPM
    return f"{sign['value']:.1%}" if is_share else figure(sign["value"])
