"""What a campaign brought: the figures of its posts over time, clicks, and what they cost, beside the forecast and comparable
orders."""
