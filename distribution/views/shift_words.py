"""The sentences that the Shift page says by itself: they travel with it, so that the browser knows no language."""

from collections.abc import Mapping

from core.i18n import gettext as _


def shift_words() -> Mapping[str, str]:
    """Return the sentences in the current language, by the name that the page's modules use; blanks stand in braces."""
    return {
        **_readiness_words(),
        **_sending_words(),
        **_trouble_words(),
        **_event_words(),
        **_day_words(),
        **_keeping_words(),
    }


def _readiness_words() -> Mapping[str, str]:
    return {
        "ready": _("Ready to leave"),
        "ready_why": _("This phone hands over without a network until %(time)s.", time="{time}"),
        "not_ready": _("Not ready to leave"),
        "not_ready_why": _("Without a network this phone cannot hand over:"),
        "no_device": _("This phone is not a device of the point yet. The manager of the point shows the code for it."),
        "device_revoked": _("This phone was withdrawn: it may only send what it still holds. Ask the manager."),
        "device_expired": _("The time of this phone as a device is over. Let the manager enrol it again."),
        "no_lease": _("The lists are not on this phone. Load them while there is a network."),
        "lease_ended": _("The lists of this phone are out of date. Load them again."),
        "full": _("This phone holds as many hand-overs as it may. Send them first."),
        "no_shell": _("The scan page is not kept on this phone yet. Open it once while there is a network."),
        "other_operator": _("The lists were loaded by %(name)s. Load them again under your name.", name="{name}"),
        "stale_list": _("The list of withdrawn vouchers is old. Load the lists again as soon as there is a network."),
        "no_list": _("The list of withdrawn vouchers is missing. Load the lists again."),
        "clock_wrong": _("Your phone's clock is wrong by %(n)s min: set it to automatic.", n="{n}"),
        "not_persistent": _("The browser may clear this phone's memory by itself. Put Toptama on the home screen."),
        "store_refused": _("This browser keeps nothing: a private window, perhaps. Open the page in an ordinary one."),
        "store_full": _("The memory of this phone is full. Delete photos or programs, then open the page again."),
        "store_newer": _("Another tab runs a newer Toptama. Close the other tabs and open this page again."),
        "lease_lost": _("The server took the lists of this phone back on %(time)s.", time="{time}"),
        "load": _("Load the lists"),
        "loading": _("The lists are loading …"),
        "loaded": _("The lists are on this phone. Vouchers: %(n)s.", n="{n}"),
        "load_offline": _("No network: the lists were not loaded. Those that were here are still here."),
        "load_broken": _("The server did not give the lists. Try again; those that were here are still here."),
        "load_signed_out": _("Your sign-in ended. Open this page again, sign in and load the lists."),
        "load_untrusted": _("The lists are not signed as they must be and were not taken. Tell the district."),
        "load_refusal": _("The lists were not given: %(why)s", why="{why}"),
    }


def _sending_words() -> Mapping[str, str]:
    return {
        "never_sent": _("Nothing yet"),
        "never_loaded": _("Not on this phone"),
        "moment_ago": _("a moment ago"),
        "minutes_ago": _("%(n)s min ago", n="{n}"),
        "hours_ago": _("%(n)s h ago", n="{n}"),
        "days_ago": _("%(n)s d ago", n="{n}"),
        "as_of": _("as of %(time)s", time="{time}"),
        "none_unsent": _("None"),
        "some_unsent": _("%(n)s, the oldest %(ago)s", n="{n}", ago="{ago}"),
        "waits": _("%(n)s of them the server does not take by themselves; the others go on.", n="{n}"),
        "kept_for_good": _("Yes"),
        "not_kept_for_good": _("No"),
        "no_code": _("Not enrolled"),
        "online": _("Online"),
        "offline": _("Offline"),
        "fault": _("Server problem"),
        "next_try": _("Next try at %(time)s.", time="{time}"),
        "step_gather": _("Find what is not sent"),
        "step_connect": _("Reach the server"),
        "step_send": _("Send"),
        "step_keep": _("Keep the answers"),
        "step_waits": _("waits"),
        "step_now": _("now"),
        "step_done": _("done"),
        "step_broken": _("stopped"),
        "count_found": _("found: %(n)s", n="{n}"),
        "count_sent": _("%(sent)s of %(total)s", sent="{sent}", total="{total}"),
        "count_kept": _("received: %(n)s, for attention: %(m)s", n="{n}", m="{m}"),
        "sent_all": _("All is sent. Received by the server: %(n)s.", n="{n}"),
        "sent_nothing": _("There was nothing to send. The server answers."),
        "sent_some": _("Received by the server: %(sent)s. Still here: %(left)s.", sent="{sent}", left="{left}"),
    }


def _trouble_words() -> Mapping[str, str]:
    return {
        "trouble_network": _("No network: the server did not answer in time. Everything is still on this phone."),
        "trouble_portal": _(
            "Something else answered instead of the server: perhaps the Wi-Fi wants you to sign in first. "
            "Everything is still on this phone."
        ),
        "trouble_cut": _("The answer broke off halfway. Everything is still on this phone and is sent again."),
        "trouble_busy": _("The server is busy and asked to wait. Everything is still on this phone."),
        "trouble_heavy": _("It was too much at once for the server. Everything is still on this phone."),
        "trouble_unclear": _("The server did not understand it. Everything is still on this phone: tell the district."),
        "trouble_closed": _(
            "The server takes nothing from here. Everything is still on this phone: tell the district."
        ),
        "trouble_fault": _("Something broke on the server. Everything is still on this phone and is sent again."),
        "trouble_down": _("The server does not run now. Everything is still on this phone and is sent again."),
        "trouble_elsewhere": _("Another tab of this phone is sending at this moment."),
        "trouble_hand": _("The network is switched off by hand on this phone."),
    }


def _event_words() -> Mapping[str, str]:
    return {
        "kind_hand_over": _("Hand-over"),
        "kind_undo": _("Taken back"),
        "kind_day_seal": _("Day closed"),
        "code_tail": _("code … %(tail)s", tail="{tail}"),
        "result_accepted": _("Received"),
        "result_repeated": _("Received before"),
        "result_conflict": _("Received, people look at it"),
        "result_held": _("Received, waits for an earlier one"),
        "result_refused": _("Not accepted"),
        "no_reason": _("The server gave no reason."),
        "refused_step": _("It stays on this phone. Show it to your supervisor."),
        "copy": _("Copy the text"),
        "copied": _("Copied"),
        "not_copied": _("Not copied: hold a finger on the text and copy it."),
        "read": _("I have read it"),
        "again": _("Send again"),
    }


def _day_words() -> Mapping[str, str]:
    return {
        "day_no_lease": _("A day is closed on a phone that holds the lists of its point. There are none here."),
        "day_missing": _("Enter how many packs of %(name)s you counted.", name="{name}"),
        "day_seal": _("Seal the day"),
        "day_difference": _("Difference"),
        "day_right": _("The count is as expected."),
        "day_wrong": _("The count differs. Seal it as it is: the difference is looked at, nobody corrects it here."),
        "day_sealed": _("The day %(day)s is sealed.", day="{day}"),
        "day_sealed_unsent": _("The seal is on this phone and is sent with the next sending."),
        "day_sealed_sent": _("The server received the seal."),
        "day_failed": _("The day is not sealed: nothing was written. Try again."),
        "give_back": _("Give the lists back"),
        "give_back_blocked": _("First send everything: %(n)s are still on this phone.", n="{n}"),
        "given_back": _("The lists are given back: other phones may hand over these vouchers again."),
    }


def _keeping_words() -> Mapping[str, str]:
    return {
        "nothing_to_save": _("There is nothing to save: the server has received everything."),
        "saved": _("Saved as %(name)s. Only the server can read it: bring it to your supervisor.", name="{name}"),
        "blocked": _(
            "Not possible now: %(n)s are only on this phone. Send them first, or save them to a file.", n="{n}"
        ),
        "send_now": _("Send now"),
        "save_file": _("Save to a file"),
        "back": _("Go back"),
        "clear": _("Clear the lists from this phone"),
        "clear_question": _("Without the lists this phone hands nothing over without a network. Clear them?"),
        "cleared": _("The lists are gone from this phone. Its key stays."),
        "work_offline": _("Switch the network off by hand"),
        "work_online": _("Use the network again"),
        "work_offline_why": _("Nothing is sent until you use the network again. It is written down."),
        "work_online_why": _("The phone decides by itself when the network is good enough."),
    }
