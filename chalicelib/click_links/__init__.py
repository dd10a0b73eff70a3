"""Click links: every URL of every order has a link of its own that counts its clicks (docs/guides/discovery.md)."""

from chalicelib.click_links.clicks import Clicks, for_order, link_length, totals

__all__ = ["Clicks", "for_order", "link_length", "totals"]
