"""The attack bench: costs, what an attack changes, and a deterministic search."""

from __future__ import annotations

import random

import pytest

from bench.attacks import accounts
from bench.attacks.__main__ import chosen
from bench.attacks.levers import Attack, Costs, Target
from bench.attacks.search import PRICE, Found, Search
from chalicelib.grading.model.methodology import in_force, published
from cli.failures import Failed

OLD = published("2026-11-23")
SUBJECTS = accounts.generated(6, seed=3)


def searched(number: int) -> Found:
    assert OLD is not None
    search = Search(SUBJECTS[number], OLD, Costs(), "never", (), random.Random(5))
    return search.cheapest(PRICE, restarts=1)


def test_a_cost_counts_every_bought_post_and_both_measurements() -> None:
    attack = Attack(followers=2_000, reads=10_000, likes=100, posts=3)
    assert attack.cost(Costs(), SUBJECTS[0]) == pytest.approx(10 + 3 * (1.0 + 0.8))
    assert Attack(likes=1_000, delete=8).cost(Costs(likes=5), SUBJECTS[0]) == pytest.approx(2 * 5)
    assert Attack(likes=1_000, posts=1, earlier=True).cost(Costs(), SUBJECTS[0]) == pytest.approx(16)


def test_deleting_and_hiding_cost_nothing() -> None:
    assert Attack(delete=9, hide=frozenset({"reads"}), accepting=False).cost(Costs(), SUBJECTS[0]) == 0


def test_one_bought_post_does_not_move_the_price() -> None:
    assert OLD is not None
    target = Target(SUBJECTS[0], OLD, "never")
    honest, faked = target.outcome(Attack()), target.outcome(Attack(reads=5_000_000, posts=1))
    assert faked.price <= honest.price


def test_the_search_finds_an_attack_that_reaches_its_goal() -> None:
    for number in range(len(SUBJECTS)):
        found = searched(number)
        assert found.attack is not None
        assert found.faked is not None
        assert found.faked.price * 2 >= found.honest.price * 3


def test_the_same_seed_finds_the_same_attack() -> None:
    assert searched(1) == searched(1)


def test_figures_bought_in_one_month_count_only_in_part() -> None:
    methodology = in_force()
    bought = Attack(reads=500_000, likes=20_000)
    new, known = Target(SUBJECTS[1], methodology, "never"), Target(SUBJECTS[1], methodology, "posts")
    honest = new.outcome(Attack()).score
    assert known.outcome(bought).score - honest < new.outcome(bought).score - honest
    patient = Attack(reads=500_000, likes=20_000, months=12)
    assert known.outcome(bought).score < known.outcome(patient).score
    assert patient.cost(Costs(), SUBJECTS[1]) == pytest.approx(12 * bought.cost(Costs(), SUBJECTS[1]))


def test_confirmed_reads_raise_the_price_and_bought_ones_do_not() -> None:
    subject = max(SUBJECTS, key=lambda one: min(post.reads or 0 for post in one.posts))
    target, confirmed = Target(subject, in_force(), "posts"), Target(subject, in_force(), "confirmed")
    honest = confirmed.outcome(Attack()).price
    assert honest > target.outcome(Attack()).price
    assert confirmed.outcome(Attack(reads=500_000, months=12)).price == honest


def test_a_gain_of_all_followers_is_not_believed() -> None:
    assert accounts.followers_before(10_000, 2_000) == 8_000
    assert accounts.followers_before(10_000, -500) == 10_500
    assert accounts.followers_before(10_100, 10_100) == accounts.followers_before(10_100, 1_000_000) == 10_000


def test_the_methodology_is_the_one_in_force_or_the_named_one() -> None:
    assert chosen(None, None, None) is in_force()
    assert chosen("2026-11-23", None, None) is OLD
    with pytest.raises(Failed):
        chosen("1999-01-01", None, None)
    with pytest.raises(Failed):
        chosen(None, None, 0.4)
