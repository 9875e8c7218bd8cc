"""The page on which a phone becomes a device of its point."""

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from core.i18n import gettext as _
from core.web.guards import guarded
from core.web.headers import allow_camera
from core.web.pages import page
from distribution.permissions import DistributionRight
from distribution.views.blueprint import blueprint


@blueprint.get("/scan/enrol")
@guarded(DistributionRight.HAND_OVER)
def scan_enrol() -> ResponseReturnValue:
    """Show what a phone needs to become a device; the invitation's code stays behind the # of the address."""
    allow_camera()
    return page(words=_enrol_words())


def _enrol_words() -> Mapping[str, str]:
    return {
        "no_code": _("The code is missing. Sign in first, then scan the square on the manager's screen again."),
        "pin_bad": _("Choose 6 digits that are not all the same and not in a row."),
        "pin_differs": _("The two PINs differ. Enter the same one twice."),
        "store": _("This browser keeps nothing on the phone (a private window?). Open the page in an ordinary window."),
        "full": _("The phone has no room left. Delete pictures or programs you do not need, then try again."),
        "unsent": _(
            "This phone still holds %(n)s hand-overs that were not sent. Send them on the Shift page first.", n="{n}"
        ),
        "working": _("The phone makes its key …"),
        "offline": _("The server did not answer. Look for a network and try again: the code counts 15 minutes."),
        "broken": _("The server gave no proper answer. Try again; if it stays so, call us."),
        "signed_out": _("Your sign-in ended. Sign in, then scan the square on the manager's screen again."),
        "done": _("This phone is now device %(code)s of %(point)s.", code="{code}", point="{point}"),
        "persistent": _("The browser promised to keep what is saved here."),
        "not_persistent": _(
            "The browser did not promise to keep what is saved here. Add this page to the home screen, and send often."
        ),
    }
