"""The group that all commands of catalog hang on."""

from core.web.commands import TellingGroup

catalog = TellingGroup("catalog", help="Files of items.")
