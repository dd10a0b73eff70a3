"""AWS's list prices, and what orders, events and a month of a deployment cost by them."""
