"""Attributes of stream records."""

from __future__ import annotations

from chalicelib.tasks.workflow.stream_image import number_of, text_of


def test_attributes_are_read_and_missing_ones_are_empty() -> None:
    image = {"status": {"S": "running"}, "revision": {"N": "7"}}
    assert (text_of(image, "status"), number_of(image, "revision")) == ("running", 7)
    assert (text_of(image, "other"), number_of(image, "other")) == ("", 0)
