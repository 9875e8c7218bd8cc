"""What tests share: servers, factories of rows, and a client that looks at every page it gets."""
