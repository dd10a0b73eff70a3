"""The matrix of addresses that may be requested."""

from __future__ import annotations

import ipaddress

import pytest

from chalicelib.outbound.public_addresses import is_public

REFUSED = {
    "private 10/8": "10.1.2.3",
    "private 172.16/12": "172.31.255.255",
    "private 192.168/16": "192.168.0.1",
    "loopback": "127.0.0.1",
    "loopback far": "127.255.0.9",
    "this network": "0.0.0.0",
    "link-local and metadata": "169.254.169.254",
    "task metadata": "169.254.170.2",
    "runtime of functions": "169.254.100.1",
    "carrier-grade NAT": "100.64.0.1",
    "metadata of another cloud": "100.100.100.200",
    "multicast": "224.0.0.1",
    "multicast, global scope": "233.252.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "benchmark": "198.18.0.1",
    "documentation": "203.0.113.7",
    "6to4 relay": "192.88.99.1",
    "IETF, global": "192.0.0.9",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 link-local": "fe80::1",
    "IPv6 site-local": "fec0::1",
    "IPv6 unique local": "fd00::1",
    "IPv6 metadata": "fd00:ec2::254",
    "IPv6 multicast": "ff0e::1",
    "IPv6 multicast, link": "ff02::1",
    "mapped private": "::ffff:10.0.0.1",
    "translated private": "::ffff:0:10.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "compatible": "::7f00:1",
    "NAT64 of a private address": "64:ff9b::10.0.0.1",
    "NAT64 of a public address": "64:ff9b::8.8.8.8",
    "NAT64 local": "64:ff9b:1::1",
    "6to4 of a private address": "2002:a00:1::1",
    "6to4 of a public address": "2002:808:808::1",
    "Teredo": "2001::1",
    "ORCHID": "2001:20::1",
    "documentation, IPv6": "2001:db8::1",
    "documentation, IPv6, newer": "3fff::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
    "not assigned": "4000::1",
}
ALLOWED = ("8.8.8.8", "1.1.1.1", "104.16.0.1", "2606:4700::1111", "2400:3200::1", "::ffff:8.8.8.8")


@pytest.mark.parametrize("name", REFUSED)
def test_addresses_that_are_not_public_are_refused(name: str) -> None:
    assert not is_public(ipaddress.ip_address(REFUSED[name]))


@pytest.mark.parametrize("text", ALLOWED)
def test_public_addresses_are_allowed(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
