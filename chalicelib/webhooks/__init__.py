"""Webhooks: events are sent to endpoints of users, signed as https://www.standardwebhooks.com describes."""
