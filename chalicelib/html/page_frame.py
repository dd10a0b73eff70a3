"""The frame of every page: head, style, foot, and the policy by which a browser runs and loads nothing else. Pure."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from chalicelib.html.markup import Html, Part, element

STYLE = """
:root{color-scheme:light dark;--paper:#fbfaf8;--sheet:#fff;--ink:#1d1c1a;--soft:#6a665f;--line:#e3dfd7;--track:#efece6;
--link:#1f5fa8;--star:#d59500;--off:#e4e0d7;--gem:#3aa6c9;--f0:#2b6cb0;--f1:#5a9bd8;--f2:#a3cdf0;--f3:#1d7f5f;--f4:#4aa985;
--f5:#86c9ad;--f6:#bfe3d2;--f7:#8456b8;--f8:#d9822b;--f9:#8d8a83}
@media(prefers-color-scheme:dark){:root{--paper:#131416;--sheet:#1b1c1f;--ink:#ecebe8;--soft:#a29e96;--line:#303236;--track:#2a2c30;
--link:#8ab8f0;--star:#f0b63c;--off:#3a3b3f;--gem:#5cc4e6;--f0:#4d8fd6;--f1:#78b0e6;--f2:#b9d9f5;--f3:#2f9c78;--f4:#5dbb98;--f5:#95d3ba;
--f6:#cbe9dc;--f7:#a57fd6;--f8:#e79a4c;--f9:#98958e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC",
"Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
main,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
footer{padding:1rem 1rem 3rem;color:var(--soft);font-size:.85rem}
header{padding:1.5rem 0 .5rem}
h1{font-size:clamp(1.6rem,6vw,2.2rem);line-height:1.2;margin:.1rem 0 .4rem;overflow-wrap:anywhere;letter-spacing:-.01em}
section>:last-child{margin-bottom:0}
h2{font-size:1.1rem;line-height:1.3;margin:0 0 .6rem}
p{margin:.4rem 0 .8rem}
a{color:var(--link)}
section{background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:1.1rem 1.15rem;margin:1rem 0}
.kicker,.soft,small{color:var(--soft)}
.kicker{font-size:.85rem;margin:0;overflow-wrap:anywhere}
small{font-size:.82rem;line-height:1.4}
b,.strong{font-weight:650}
.grade{display:flex;flex-wrap:wrap;align-items:center;gap:.3rem .8rem;margin:.2rem 0 .8rem}
.grade .name{font-size:1.15rem;font-weight:650}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.4rem,1fr));gap:.8rem;margin:0;padding:0}
.facts.wide{grid-template-columns:repeat(auto-fit,minmax(11rem,1fr))}
.facts div{border-top:2px solid var(--line);padding-top:.45rem}
.facts dt{font-size:.82rem;color:var(--soft)}
.facts dd{margin:0;font-size:1.45rem;font-weight:650;line-height:1.25}
.facts dd{overflow-wrap:anywhere}
.facts dd small{display:block;font-weight:400}
.facts+p{margin:.8rem 0 0}
.notice{border-left:3px solid var(--star);padding-left:.8rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;font-weight:400;vertical-align:top;padding:.5rem 0;border-top:1px solid var(--line)}
th{overflow-wrap:anywhere}
thead th,thead td{border-top:0;font-size:.82rem;color:var(--soft);padding-top:0;padding-bottom:.3rem}
td{text-align:right;padding-left:.8rem;white-space:nowrap}
th small,td small{display:block}
tfoot th,tfoot td{border-top:2px solid var(--ink);font-weight:650}
tr.off th,tr.off td{color:var(--soft)}
.swatch{background:var(--f9);display:inline-block;width:.7rem;height:.7rem;border-radius:3px;margin-right:.5rem}
ol,ul{margin:.4rem 0 .8rem;padding-left:1.3rem}
li{margin:.25rem 0}
details{border-top:1px solid var(--line);padding:.55rem 0}
summary{cursor:pointer;color:var(--link)}
pre{overflow-x:auto;background:var(--track);border-radius:10px;padding:.8rem;font:.8rem/1.5 ui-monospace,SFMono-Regular,Menlo,
Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
svg{display:block;overflow:visible;margin:.35rem 0}
svg text{fill:var(--ink);font:12px system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Noto Sans CJK SC",sans-serif}
svg text.soft{fill:var(--soft)}
svg text.strong{font-weight:650;font-size:14px}
.stars{display:inline-block;margin:0}
.star{fill:var(--star)}.star.off{fill:var(--off)}.star.gem{fill:var(--gem)}.facet{fill:none;stroke:var(--sheet);stroke-width:.8}
.track{fill:var(--track)}
.piece{fill:var(--f9);stroke:var(--sheet);stroke-width:1}
.range{fill:var(--f1)}
.tick{stroke:var(--line);stroke-width:1}
.end,.stair{stroke:var(--ink);stroke-width:2}
.curve{stroke-width:2.5}.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}
.curve.f0{stroke:var(--f0)}.curve.f1{stroke:var(--f1)}.curve.f2{stroke:var(--f2)}.curve.f3{stroke:var(--f3)}.curve.f4{stroke:var(--f4)}
.curve.f5{stroke:var(--f5)}.curve.f6{stroke:var(--f6)}.curve.f7{stroke:var(--f7)}.curve.f8{stroke:var(--f8)}
.dot{fill:var(--ink);stroke:var(--sheet);stroke-width:1.5}.dot.new{fill:var(--sheet);stroke:var(--ink)}
.f0{fill:var(--f0);background:var(--f0)}.f1{fill:var(--f1);background:var(--f1)}
.f2{fill:var(--f2);background:var(--f2)}.f3{fill:var(--f3);background:var(--f3)}
.f4{fill:var(--f4);background:var(--f4)}.f5{fill:var(--f5);background:var(--f5)}
.f6{fill:var(--f6);background:var(--f6)}.f7{fill:var(--f7);background:var(--f7)}
.f8{fill:var(--f8);background:var(--f8)}
@media(min-width:40rem){section{padding:1.4rem 1.6rem}.facts dd{font-size:1.6rem}}
.facts dd.long{font-size:1.15rem;line-height:1.75}
@media print{:root{--paper:#fff;--line:#ccc}tfoot{display:table-row-group}
body{font-size:10.5pt}main,footer{max-width:none;padding:0}section{border:0;
border-top:1px solid var(--line);border-radius:0;padding:.7rem 0;margin:0}h2,svg{break-after:avoid}tr,svg,pre{break-inside:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}details::details-content{content-visibility:visible}summary{color:inherit}}
"""
"""The style of all pages. Light or dark follows the reader's system."""

_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every page: nothing is loaded or run, and only this style applies."""


def page(title: str, language: str, *parts: Part, foot: Part = None) -> str:
    """Return a whole document; `foot` is below everything. The page asks search engines not to index it: it is about one account or
    campaign."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        element("style", Html(STYLE)),
    )
    body = element("body", element("main", *parts), element("footer", foot))
    return f"<!doctype html>{element('html', head, body, lang=language)}\n"


def section(title: str, *parts: Part) -> Html:
    """Return a part of the page under its own heading."""
    return element("section", element("h2", title), *parts)
