"""Lists that advertisers make of accounts: shortlists, and saved searches with alerts."""
