"""What programs send to the catalogue and are told by it, one file per noun."""
