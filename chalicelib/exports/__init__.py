"""Exports: all data of an advertiser or a creator, as files."""
