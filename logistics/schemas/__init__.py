"""What programs send to logistics and are told by it, one file per noun."""
