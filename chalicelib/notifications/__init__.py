"""Notifications: the inbox of a user, which shows the events that concern the user, with read marks and preferences."""
