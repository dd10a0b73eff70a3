"""Planning before an order: forecasts of results, plans for a budget, and estimates of the people they reach."""
