"""Ports to payment providers: start a payment, verify a provider's notification, pay out."""
