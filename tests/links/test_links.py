"""What a pasted text names."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonotag.errors import InputError
from sonotag.media.links import SOUNDCLOUD, YOUTUBE, Site, Sites, parse_link, seconds_of

SITES = Sites()
ID = "dQw4w9WgXcQ"
WATCH = f"https://www.youtube.com/watch?v={ID}"

UNDERSTOOD = {
    f"https://www.youtube.com/watch?v={ID}": (WATCH, None),
    f"  http://youtube.com/watch?v={ID}&feature=share \n": (WATCH, None),
    f"youtu.be/{ID}": (WATCH, None),
    f"https://youtu.be/{ID}?t=90": (WATCH, 90),
    f"https://youtu.be/{ID}?si=abc&t=1h2m3s": (WATCH, 3723),
    f"https://m.youtube.com/watch?v={ID}#t=45s": (WATCH, 45),
    f"https://music.youtube.com/watch?v={ID}&list=RDAMVM": (WATCH, None),
    f"https://www.youtube.com/shorts/{ID}": (WATCH, None),
    f"https://www.youtube.com/embed/{ID}?start=7": (WATCH, 7),
    f"https://www.youtube-nocookie.com/embed/{ID}": (WATCH, None),
    f"https://www.youtube.com/live/{ID}?feature=share": (WATCH, None),
    f"https://www.youtube.com/v/{ID}": (WATCH, None),
    f"https://WWW.YouTube.com./watch?v={ID}": (WATCH, None),
    f"https://www.youtube.com:443/watch?v={ID}": (WATCH, None),
    f"https://www.youtube.com/watch?v={ID}&list=PLrigrigrig0&index=3": (WATCH, None),
    "https://www.youtube.com/playlist?list=PLrigrigrig0": ("https://www.youtube.com/playlist?list=PLrigrigrig0", None),
    "https://soundcloud.com/some-one/a-track": ("https://soundcloud.com/some-one/a-track", None),
    "https://m.soundcloud.com/some-one/a-track?utm_source=x": ("https://soundcloud.com/some-one/a-track", None),
    "soundcloud.com/some-one/a-track#t=1:30": ("https://soundcloud.com/some-one/a-track", 90),
    "https://soundcloud.com/some-one/a-track/s-aBc123": ("https://soundcloud.com/some-one/a-track/s-aBc123", None),
    "https://soundcloud.com/some-one/a-track?secret_token=s-aBc123": (
        "https://soundcloud.com/some-one/a-track/s-aBc123",
        None,
    ),
    "https://soundcloud.com/some-one/sets/a-list": ("https://soundcloud.com/some-one/sets/a-list", None),
}

REFUSED = {
    "": "not_a_link",
    "rain on a roof": "not_a_link",
    "file:///etc/passwd": "not_a_link",
    "ftp://youtube.com/watch": "not_a_link",
    "javascript:alert(1)": "not_a_link",
    "https://": "not_a_link",
    f"https://user:pw@www.youtube.com/watch?v={ID}": "bad_link",
    f"https://www.youtube.com:8443/watch?v={ID}": "bad_link",
    f"https://www.youtube.com\\@127.0.0.1/watch?v={ID}": "not_a_link",
    "https://[::1/": "bad_link",
    "https://www.youtube.com/": "bad_link",
    "https://www.youtube.com/@someone": "bad_link",
    "https://www.youtube.com/watch?v=short": "bad_link",
    "https://www.youtube.com/redirect?q=http://127.0.0.1/": "bad_link",
    "https://consent.youtube.com/m?continue=http://127.0.0.1/": "bad_link",
    "https://w.soundcloud.com/player/?url=http://127.0.0.1/": "bad_link",
    "https://on.soundcloud.com/AbCdE": "bad_link",
    "https://soundcloud.com/discover": "bad_link",
    "https://soundcloud.com/search/sounds": "bad_link",
    "https://soundcloud.com/some-one/sets": "bad_link",
    "https://soundcloud.com/some-one/../../x": "bad_link",
    "https://example.org/a.mp3": "site_not_allowed",
    "https://youtube.com.evil.example/watch": "site_not_allowed",
    "https://evil-youtube.com/watch": "site_not_allowed",
    "https://yоutube.com/watch?v=dQw4w9WgXcQ": "site_not_allowed",  # the first o is Cyrillic
    "https://xn--yutube-wqf.com/watch?v=dQw4w9WgXcQ": "site_not_allowed",
    "https://" + "a" * 100_000 + ".com/": "bad_link",
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_links_that_are_understood(text: str) -> None:
    link = parse_link(text, SITES)
    assert (link.url, link.start_s) == UNDERSTOOD[text]
    assert parse_link(link.url, SITES).url == link.url


@pytest.mark.parametrize("text", REFUSED)
def test_links_that_are_refused(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_link(text, SITES)
    assert raised.value.code == REFUSED[text]
    assert raised.value.hint
    assert len(raised.value.message) < 300


def test_a_list_may_be_read_by_the_list_extractor_and_nothing_else() -> None:
    assert parse_link("https://www.youtube.com/playlist?list=PLrigrigrig0", SITES).extractors == (
        "youtube",
        "youtube:tab",
    )
    assert parse_link(WATCH, SITES).extractors == ("youtube",)


def test_an_operators_site_is_taken_by_its_exact_hosts() -> None:
    site = Site("radio", "Radio", frozenset({"radio.example"}), ("generic",), ("radio.example", "cdn.example"))
    sites = Sites((site,))
    assert parse_link("https://radio.example/a b".replace(" ", "%20"), sites).url == "https://radio.example/a%20b"
    assert parse_link("https://radio.example/show?id=1&x=%2F", sites).url == "https://radio.example/show?id=1&x=%2F"
    with pytest.raises(InputError):
        parse_link("https://sub.radio.example/a", sites)
    with pytest.raises(InputError):
        parse_link("https://cdn.example/a", sites)


URLISH = st.one_of(
    st.text(max_size=200),
    st.builds(
        lambda scheme, host, rest: f"{scheme}{host}{rest}",
        st.sampled_from(["https://", "http://", "", "//", "https:\\\\", "HTTPS://"]),
        st.sampled_from(sorted(YOUTUBE.hosts | SOUNDCLOUD.hosts | {"127.0.0.1", "user@youtube.com", "youtube.com:80"})),
        st.text(alphabet="/?#&=%.:;@-_abcdefgXYZ019\\ \t\u202e\u3002sets", max_size=80),
    ),
)


@given(URLISH)
def test_whatever_is_pasted_is_refused_in_words_or_made_canonical(text: str) -> None:
    try:
        link = parse_link(text, SITES)
    except InputError as error:
        refused = error
    else:
        parts = urlsplit(link.url)
        assert parts.scheme == "https"
        assert parts.netloc in ("www.youtube.com", "soundcloud.com")
        assert parse_link(link.url, SITES).url == link.url
        return
    assert refused.code in ("not_a_link", "bad_link", "site_not_allowed")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("2m", 120), ("1h2m3s", 3723), ("1h", 3600), ("", None), ("x", None), ("-5", None)],
)
def test_seconds(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds
