"""Papers and files of the catalogue for others, one file per kind."""
