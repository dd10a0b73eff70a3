"""Texts in English and Chinese for every code of the API that people read: statuses, reasons, events, timers, grades."""
