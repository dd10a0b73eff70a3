"""Withdrawals: a creator's earnings or an advertiser's unspent balance leave the market (rule 21).

The amount stays in the owner's `withdrawing` account until the provider has paid it, or finance reports the outcome of the payout.
One withdrawal is open at a time because the request may only go into an empty `withdrawing` account; no lock is needed.

The amount of the ledger's entry of the request is paid. The item beside it names the payee and is sealed (sealed_items.py). An
altered item is not paid. It can only be reported `failed`, which returns the entry's amount to the owner of the entry's account.
"""
