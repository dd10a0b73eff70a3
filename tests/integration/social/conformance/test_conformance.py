"""The conformance suite of social adapters: every network passes the same cases.

A new adapter is one harness in testing/social_networks and one entry in HARNESSES. `needs` names what a network may lack."""

from __future__ import annotations

import pytest

from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.social.port import Absent, NewPost, NotPermitted, PictureFile, RefusedByNetwork, Unreadable, same_words
from chalicelib.social.publish_once import publish_once
from testing.samples.picture_samples import png
from testing.social_networks import Harness

TEXT = "The autumn tea is here, 秋茶到了。 广告"


def permitted(harness: Harness) -> None:
    """Let the market publish as the account."""
    if "permission" not in harness.lacks:
        harness.network.authorise(harness.account, harness.permission)


def test_a_post_is_read_as_it_was_written(harness: Harness) -> None:
    url = harness.write(TEXT, link=harness.link)
    post = harness.network.fetch_post(url, harness.account)
    assert post is not None
    assert same_words(post.text, TEXT)
    assert harness.link in post.urls
    assert post.author in (harness.account.handle, harness.account.account_id)
    assert abs((post.posted_at - clock.now()).total_seconds()) < 120
    assert (post.public, post.cut, post.repost_of) == (True, False, None)
    assert harness.network.post_key(post.url) == harness.network.post_key(url)


def test_every_spelling_of_a_url_names_one_post(harness: Harness) -> None:
    url = harness.write(TEXT)
    key = harness.network.post_key(url)
    assert key is not None
    assert {harness.network.post_key(spelling) for spelling in harness.spellings(url)} == {key}
    for spelling in harness.spellings(url):
        assert harness.network.has_form(spelling), spelling
        post = harness.network.fetch_post(spelling)
        assert post is not None, spelling
        assert harness.network.post_key(post.url) == key
    assert harness.network.post_key(harness.write(f"{TEXT}!")) != key


def test_unknown_urls_are_no_posts_and_send_nothing(harness: Harness) -> None:
    for url in harness.unknown_urls:
        assert not harness.network.has_form(url), url
        assert harness.network.post_key(url) is None, url
        assert harness.network.fetch_post(url) is None
        assert harness.network.fetch_comments(url) == ()
        assert harness.network.fetch_figures([url]) == {}


def test_a_deleted_post_is_gone(harness: Harness) -> None:
    url = harness.write(TEXT)
    assert harness.network.fetch_post(url) is not None
    harness.delete(url)
    assert harness.network.fetch_post(url) is None
    assert harness.network.fetch_figures([url]) == {}
    assert harness.network.fetch_comments(url) == ()


def test_a_post_that_never_was_is_missing(harness: Harness) -> None:
    assert harness.network.fetch_post(harness.missing_url) is None


def test_an_edit_shows(harness: Harness) -> None:
    url = harness.write(TEXT)
    before = harness.network.fetch_post(url)
    harness.edit(url, "Buy two! 广告")
    after = harness.network.fetch_post(url)
    assert before is not None
    assert after is not None
    assert same_words(after.text, "Buy two! 广告")
    assert after.edited or after.version != before.version
    assert not before.edited


def test_figures_of_posts(harness: Harness) -> None:
    url, other = harness.write(TEXT), harness.write(f"{TEXT}!")
    harness.comment(url, "How much is it?")
    found = harness.network.fetch_figures([url, other, harness.missing_url])
    assert set(found) == {url, other}
    assert all(figures.likes is not None and figures.reposts is not None for figures in found.values())
    assert (found[url].comments or 0) >= 1
    post = harness.network.fetch_post(url)
    assert post is not None
    assert post.figures.comments == found[url].comments


def test_comments_are_read_newest_first(harness: Harness) -> None:
    url = harness.write(TEXT)
    assert harness.network.fetch_comments(url) == ()
    harness.comment(url, "How much is it?")
    assert harness.network.fetch_comments(url, harness.account) == ("How much is it?",)


def test_the_profile_shows_a_code_that_its_owner_puts_there(harness: Harness) -> None:
    harness.describe("Tea & more. MT-7XK2ABCDEF")
    profile = harness.network.fetch_account(harness.account)
    assert "Tea & more. MT-7XK2ABCDEF" in profile.description
    assert profile.followers >= 0


@pytest.mark.needs("absent_account")
def test_an_account_that_never_was_is_absent(harness: Harness) -> None:
    with pytest.raises(Absent):
        harness.network.fetch_account(harness.absent_account)


def test_latest_posts_come_newest_first(harness: Harness) -> None:
    first, second = harness.write(TEXT), harness.write(f"{TEXT}!")
    posts = harness.network.recent_posts(harness.account)
    keys = [harness.network.post_key(post.url) for post in posts]
    assert sorted(keys, key=str) == sorted(map(harness.network.post_key, (first, second)), key=str)
    assert [post.posted_at for post in posts] == sorted((post.posted_at for post in posts), reverse=True)


@pytest.mark.needs("hidden_post")
def test_a_post_that_not_everybody_sees_is_no_public_post(harness: Harness) -> None:
    url = harness.write_hidden(TEXT)
    permitted(harness)
    post = harness.network.fetch_post(url, harness.account)
    assert post is None or not post.public


@pytest.mark.needs("cut_post")
def test_a_cut_post_is_unreadable_and_never_returned(harness: Harness) -> None:
    with pytest.raises(Unreadable):
        harness.network.fetch_post(harness.write_cut(TEXT))


def test_a_publication_is_made_once_for_its_key(harness: Harness) -> None:
    permitted(harness)
    key, new_post = ids.derive("ord", harness.name), NewPost(TEXT, (harness.link,))
    post = publish_once(harness.network, harness.name, harness.account, new_post, key)
    assert same_words(post.text, TEXT)
    assert harness.link in post.urls
    again = publish_once(harness.network, harness.name, harness.account, new_post, key)
    assert harness.network.post_key(again.url) == harness.network.post_key(post.url)
    harness.settle()
    shown = harness.network.fetch_post(post.url, harness.account)
    assert shown is not None
    assert (shown.text, shown.author, shown.version) == (post.text, post.author, post.version)
    assert len(harness.network.recent_posts(harness.account)) == 1


def test_a_repost_names_its_source(harness: Harness) -> None:
    permitted(harness)
    source = harness.write(TEXT)
    new_post = NewPost(f"Look at this. 广告 {harness.link}", (harness.link,), repost_of=source)
    post = harness.network.publish(harness.account, new_post, "ord_2")
    harness.settle()
    shown = harness.network.fetch_post(post.url, harness.account)
    assert shown is not None
    assert harness.network.post_key(str(shown.repost_of)) == harness.network.post_key(source)
    assert same_words(shown.text, "Look at this. 广告")


@pytest.mark.needs("pictures")
def test_pictures_are_published(harness: Harness) -> None:
    permitted(harness)
    file = PictureFile("image/png", png(4, 4))
    new_post = NewPost(TEXT, (), ("pic_1", "pic_2"), load_picture=lambda picture_id: file)
    post = harness.network.publish(harness.account, new_post, "ord_3")
    harness.settle()
    shown = harness.network.fetch_post(post.url, harness.account)
    assert shown is not None
    assert shown.picture_ids == ("pic_1", "pic_2") or shown.pictures == 2


@pytest.mark.needs("pictures")
def test_a_repost_is_published_with_pictures(harness: Harness) -> None:
    permitted(harness)
    source = harness.write(TEXT)
    file = PictureFile("image/png", png(4, 4))
    new_post = NewPost("Look at this. 广告", (), ("pic_1",), repost_of=source, load_picture=lambda picture_id: file)
    post = harness.network.publish(harness.account, new_post, "ord_7")
    harness.settle()
    shown = harness.network.fetch_post(post.url, harness.account)
    assert shown is not None
    assert harness.network.post_key(str(shown.repost_of)) == harness.network.post_key(source)
    assert shown.picture_ids == ("pic_1",) or shown.pictures == 1


def test_a_publication_is_taken_down(harness: Harness) -> None:
    permitted(harness)
    post = harness.network.publish(harness.account, NewPost(f"{TEXT} {harness.link}"), "ord_4")
    assert harness.network.take_down(post.url, harness.account)
    harness.settle()
    assert harness.network.fetch_post(post.url) is None
    assert harness.network.take_down(post.url, harness.account), "it is gone already"


@pytest.mark.needs("permission")
def test_without_the_owners_permission_nothing_is_published(harness: Harness) -> None:
    with pytest.raises(NotPermitted):
        harness.network.publish(harness.account, NewPost(TEXT), "ord_5")
    with pytest.raises(Problem) as needed:
        harness.network.authorise(harness.account, None)
    assert needed.value.code == "publishing_not_authorised"
    assert str(needed.value.data["authorize_url"]).startswith("http")
    permitted(harness)
    harness.network.revoke_authorisation(harness.account)
    with pytest.raises(NotPermitted):
        harness.network.publish(harness.account, NewPost(TEXT), "ord_5")
    assert not harness.network.take_down(harness.missing_url, harness.account)


def test_a_source_that_is_no_post_is_refused(harness: Harness) -> None:
    permitted(harness)
    with pytest.raises((RefusedByNetwork, Absent)):
        harness.network.publish(
            harness.account, NewPost(f"{TEXT} {harness.link}", repost_of=harness.missing_url), "ord_6"
        )
