"""The group that all commands of distribution hang on."""

from flask.cli import AppGroup

distribution = AppGroup("distribution", help="Registry imports, quarters, vouchers.")
