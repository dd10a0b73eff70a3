"""Preview a post before its submission: the text with its ad mark, the findings of the lint, and the faults of its content.
Nothing is stored or read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.core.errors import Fault
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.tasks.content import lint
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.post_content import Content, content_faults
from chalicelib.tasks.records.stored_documents import LintFinding


@dataclass(frozen=True)
class Preview:
    """`text`: as it will be posted. `link_base`: each URL is replaced by a click link that begins with it; None on a deployment
    without click links. `faults`: what a submission would be refused for with 422 `body_invalid`. `blocked`: with 422
    `content_forbidden`."""

    text: str
    urls: Sequence[str]
    link_base: str | None
    findings: list[LintFinding]
    findings_more: int
    blocked: bool
    faults: list[Fault]


def preview(title: str, content: Content) -> Preview:
    """Return the preview of a post with this content."""
    found = lint.findings(title, content.text)
    findings, more = lint.stored(found)
    base = settings().link_base.rstrip("/")
    return Preview(
        text=marked(content.text) if content.text.strip() else content.text,
        urls=content.urls,
        link_base=f"{base}/r/" if base else None,
        findings=findings,
        findings_more=more,
        blocked=any(finding.severity == "block" for finding in found),
        faults=list(content_faults(content, rules())),
    )
