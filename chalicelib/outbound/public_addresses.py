"""The IP addresses that requests to addresses of users may go to: those of the public internet. Pure."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
            "192.0.0.0/24",  # IETF protocol assignments, some of which are global
            "192.88.99.0/24",  # 6to4 relays
            "224.0.0.0/4",  # multicast, of which `is_global` is true
            "::/96",  # IPv4-compatible
            "64:ff9b::/96",  # NAT64: leads to an IPv4 address of the local network, too
            "64:ff9b:1::/48",
            "2001::/23",  # Teredo, ORCHID and other protocol assignments
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation (RFC 9637)
            "fec0::/10",  # site-local
            "ff00::/8",  # multicast
        ),
    )
)
"""Networks beyond those that the Python in use knows not to be global: versions differ in that."""


def is_public(address: Address) -> bool:
    """Return True for a unicast address of the public internet. Addresses that embed an IPv4 address are judged by it, or refused
    where a gateway would translate them."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return (
        address.is_global
        and not special
        and not any(address.version == network.version and address in network for network in _NOT_PUBLIC)
    )
