"""What follows from catalogue facts alone, one file per noun."""
