"""Stripe over HTTPS without its package: Checkout, Connect accounts, transfers and payouts, webhooks, balance transactions."""
