"""What programs send to distribution, read strictly."""
