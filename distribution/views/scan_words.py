"""The sentences that the scan page says by itself: they travel with the page, so that the browser knows no language."""

from collections.abc import Mapping

from core.i18n import gettext as _


def scan_words() -> Mapping[str, str]:
    """Return the sentences in the current language, by the name that the page's modules use."""
    return {
        "aim": _("Hold the voucher's square in the frame."),
        "starting": _("The camera is starting …"),
        "checking": _("Checking …"),
        "camera_refused": _("The camera is not allowed."),
        "camera_refused_why": _(
            "Allow the camera for this address: the lock sign beside the address, then Camera, then Allow. "
            "Until then type the code or use a scanner."
        ),
        "camera_missing": _("There is no camera here."),
        "camera_missing_why": _("Type the code below the square, or use a scanner that is plugged in."),
        "camera_busy": _("The camera is busy."),
        "camera_busy_why": _(
            "Close other programs that use the camera, then open this page again. You can type the code."
        ),
        "camera_insecure": _("The camera needs a safe connection."),
        "camera_insecure_why": _("Open this page by its address that begins with https. You can type the code."),
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
        "less": _("One fewer of %(code)s", code="{code}"),
        "lacks": _("in stock: %(n)s", n="{n}"),
        "size": _("Size"),
        "size_there": _("%(size)s – in stock: %(n)s", size="{size}", n="{n}"),
        "no_size": _("without size"),
        "undo_reason": _("Taken back by the operator"),
        "no_note": _("Enter who came and by what paper."),
        "nothing_chosen": _("Tick what you hand over."),
    }
