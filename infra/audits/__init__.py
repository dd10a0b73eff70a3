"""Audits of the installed packages and of the documented commands, for `make audit`."""
