"""Everything that an advertiser or a creator owns here, as files of their own."""
