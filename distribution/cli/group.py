"""The group that all commands of distribution hang on."""

from core.web.commands import TellingGroup

distribution = TellingGroup("distribution", help="Registry imports, quarters, vouchers.")
