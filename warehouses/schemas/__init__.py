"""What programs send to the warehouses and are told by them, one file per noun."""
