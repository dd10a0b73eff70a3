"""Pins of shipped, test and benchmark packages agree. `make audit` compares them with the installed packages."""

from __future__ import annotations

from infra.audits.dependencies import SHIPPED, pins


def test_every_shipped_package_has_a_known_licence() -> None:
    assert pins("requirements.txt").keys() == SHIPPED.keys()


def test_tests_and_benchmarks_use_the_shipped_versions() -> None:
    assert pins("requirements.txt").items() <= pins("requirements/dev.txt").items()
    assert pins("requirements/dev.txt").items() <= pins("requirements/bench.txt").items()
