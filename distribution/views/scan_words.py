"""The sentences that the scan page says by itself: they travel with the page, so that the browser knows no language."""

from collections.abc import Mapping, Sequence

from core.i18n import gettext as _
from distribution.values import SeenPaper


def scan_words() -> Mapping[str, str]:
    """Return the sentences in the current language, by the name that the page's modules use."""
    return {**_looking(), **_no_camera(), **_failed(), **_giving(), **_several()}


def attention_words(code: str) -> str:
    """Return why the operator must look twice before giving."""
    return {
        "replaced": _("This print took the place of another one. Check who came."),
        "proxy": _("Check the paper of whoever came."),
    }[code]


def paper_words() -> Sequence[tuple[str, str]]:
    """Return what the papers are called that an operator may have seen."""
    return [
        (SeenPaper.NONE, _("not said")),
        (SeenPaper.IDENTITY_CARD, _("identity card")),
        (SeenPaper.PASSPORT, _("passport")),
        (SeenPaper.BIRTH_CERTIFICATE, _("birth certificate")),
        (SeenPaper.OTHER, _("another document")),
    ]


def command_words() -> Mapping[str, str]:
    """Return what a printed square does, by the text in the square."""
    return {
        "TOPTAMA-GIVE": _("Hand over"),
        "TOPTAMA-NEXT": _("Next voucher"),
        "TOPTAMA-UNDO": _("Take back"),
        "TOPTAMA-PRINT": _("Receipt"),
        "TOPTAMA-FINISH": _("Finish"),
    }


def _looking() -> Mapping[str, str]:
    return {
        "aim": _("Hold the voucher's square in the frame."),
        "aim_hold": _("Aim, then hold the button."),
        "aim_several": _("Scan one voucher after another."),
        "desk_online": _("This phone works with a network only."),
        "desk_leased": _("This phone works without a network too."),
        "starting": _("The camera is starting …"),
        "checking": _("Checking …"),
        "two_codes": _("Two codes"),
        "two_codes_why": _("Two squares are in view, and none was taken."),
        "two_codes_step": _("Cover one of them."),
        "camera": _("Camera %(n)s", n="{n}"),
        "nothing_to_do": _("Nothing to do"),
        "nothing_to_do_why": _("That command does nothing now."),
    }


def _no_camera() -> Mapping[str, str]:
    return {
        "camera_refused": _("The camera is not allowed."),
        "camera_meanwhile": _("Until then type the code or use a scanner."),
        "camera_refused_chrome": _("Tap the sign left of the address, then Permissions, Camera, Allow."),
        "camera_refused_safari": _("Tap “aA” beside the address, then Website Settings, Camera, Allow."),
        "camera_refused_samsung": _("Tap the lock in the address, then Permissions, Camera, Allow."),
        "camera_refused_firefox": _("Tap the lock beside the address, then the crossed camera, and take it away."),
        "camera_missing": _("There is no camera here."),
        "camera_missing_why": _("Type the code below the square, or use a scanner that is plugged in."),
        "camera_busy": _("The camera is busy."),
        "camera_busy_why": _("Close other programs that use the camera, then try again. You can type the code."),
        "camera_insecure": _("The camera needs a safe connection."),
        "camera_insecure_why": _("Open this page by its address that begins with https. You can type the code."),
    }


def _failed() -> Mapping[str, str]:
    return {
        "offline": _("No network"),
        "offline_why": _("The server did not answer. Nothing was handed over."),
        "offline_give_why": _("The server did not answer, so it is not known whether the hand-over was saved."),
        "offline_step": _("Look for a better signal, then try again: nothing is ever handed over twice."),
        "broken": _("Server fault"),
        "broken_why": _("Something broke on our side. Nothing was handed over."),
        "broken_give_why": _("Something broke on our side, so it is not known whether the hand-over was saved."),
        "broken_step": _("Try again: nothing is ever handed over twice. If it happens again, call us."),
        "signed_out": _("Signed out"),
        "signed_out_why": _("Your sign-in ended."),
        "signed_out_step": _("Open this page again and sign in."),
        "refused": _("Not done"),
        "try_again": _("Try again"),
        "open_again": _("Open again"),
    }


def _giving() -> Mapping[str, str]:
    return {
        "attention_proxy": attention_words("proxy"),
        "less": _("One fewer of %(code)s", code="{code}"),
        "lacks": _("in stock: %(n)s", n="{n}"),
        "size": _("Size"),
        "size_there": _("%(size)s – in stock: %(n)s", size="{size}", n="{n}"),
        "no_size": _("without size"),
        "lot": _("Box: lot %(lot)s, until %(day)s", lot="{lot}", day="{day}"),
        "lot_without_day": _("Box: lot %(lot)s", lot="{lot}"),
        "other_box": _("This box is of none of the sets here."),
        "give": _("I hand over"),
        "give_count": _("I hand over: %(n)s", n="{n}"),
        "undo_until": _("Take back until %(time)s", time="{time}"),
        "last4": _("…%(last4)s", last4="{last4}"),
        "no_note": _("Enter who came and by what paper."),
        "no_last4": _("Enter the last 4 signs of the document, and no more of it."),
        "nothing_chosen": _("Tick what you hand over."),
    }


def _several() -> Mapping[str, str]:
    return {
        "several_alone": _("Scan this one by itself: it asks for a closer look."),
        "several_twice": _("On the list already"),
        "several_count": _("%(n)s ready to hand over", n="{n}"),
        "several_give": _("Hand over all: %(n)s", n="{n}"),
        "several_done": _("Handed over: %(given)s of %(n)s", given="{given}", n="{n}"),
        "several_ready": _("Ready"),
        "several_drop": _("Take %(family)s off the list", family="{family}"),
    }
