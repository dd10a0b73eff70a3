"""Reports of campaigns: the figures of posts over time, clicks and costs, beside the forecast and comparable orders."""
