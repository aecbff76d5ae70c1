"""Layout that several pages share."""
