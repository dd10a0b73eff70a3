"""What an advertiser asks before ordering: what will it bring (forecast), whom to take for a budget (plan)."""
