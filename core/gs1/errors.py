"""Refusals of codes."""

from core.errors import Invalid


class CodeUnreadable(Invalid):
    """What was scanned or typed is no code of GS1, or a damaged one."""

    code = "code_unreadable"
