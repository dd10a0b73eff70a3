"""AWS's list prices, and what orders and events cost by them."""
