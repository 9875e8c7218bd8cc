"""Commands of vouchers."""
