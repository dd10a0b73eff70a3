"""Terminal output and command line of the programs `ops` and `infra`."""
