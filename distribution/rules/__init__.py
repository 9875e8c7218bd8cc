"""What follows from the facts alone: no database, no clock."""
