"""What the scan page shows to a family, in its language: the operator turns the screen round."""

from collections.abc import Mapping

from core.i18n import LANGUAGES, Text, text, use_language

_TOLD: Mapping[str, tuple[Text, Text]] = {
    "ok": (text("Your sets are here"), text("This is for you today:")),
    "given": (text("You got your sets"), text("Count them before you leave.")),
    "already_handed_over": (
        text("Already given"),
        text("These sets were given before. If you did not get them, say so here, and the district office will look."),
    ),
    "nothing_due": (
        text("Nothing today"),
        text("No set is granted on this voucher now. Ask the district office why."),
    ),
    "no_stock": (text("Not here today"), text("What is missing stays yours. Ask here when it comes.")),
    "other_point": (text("Another point"), text("Your sets wait at the point that your voucher names.")),
    "expired": (text("Old voucher"), text("Bring the voucher of this quarter. The district office prints it.")),
    "not_yet_valid": (text("Too early"), text("Come in the quarter that your voucher names.")),
    "revoked": (
        text("Newer voucher"),
        text("Another voucher counts instead of this one. Ask the district office."),
    ),
    "unreadable": (text("Not read"), text("This paper cannot be read here. The district office helps you further.")),
    "wait": (text("One moment"), text("We cannot check your voucher yet. Nothing of yours is lost.")),
    "undone": (text("Taken back"), text("The sets went back to the point, and your voucher counts again.")),
}

_SAME: Mapping[str, str] = {
    "other_cycle": "expired",
    "unknown_format": "unreadable",
    "malformed": "unreadable",
    "unknown_key": "unreadable",
    "bad_signature": "unreadable",
    "stale_list": "wait",
}
"""Answers that differ for the operator and are one for the family: nobody is accused on a screen."""

_OWN_NAMES: Mapping[str, str] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


def family_words() -> dict[str, object]:
    """Return the sentences for families in every language, by the answer they belong to."""
    said: dict[str, object] = {}
    for language in LANGUAGES:
        with use_language(language):
            said[language] = {answer: [str(title), str(step)] for answer, (title, step) in _TOLD.items()}
    return {"said": said, "same": dict(_SAME), "names": dict(_OWN_NAMES)}
