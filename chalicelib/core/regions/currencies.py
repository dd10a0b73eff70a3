"""Currencies of ISO 4217 and their minor units. Pure."""

from __future__ import annotations

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE
CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES = frozenset(_CODES.split())
"""The codes of currencies that people pay with (ISO 4217, active codes without funds and metals)."""

_MINOR_UNITS = {**dict.fromkeys(_WITHOUT_DECIMALS.split(), 0), **dict.fromkeys(_WITH_THREE_DECIMALS.split(), 3)}


def minor_units(currency: str) -> int:
    """Return the number of decimals of a currency: 2 for CNY, 0 for JPY, 3 for KWD. Raise ValueError for an unknown currency."""
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not a currency of ISO 4217")
    return _MINOR_UNITS.get(currency, 2)


def per_unit(currency: str) -> int:
    """Return the number of minor units in one unit of a currency: 100 for CNY, 1 for JPY, 1,000 for KWD."""
    return int(10 ** minor_units(currency))
