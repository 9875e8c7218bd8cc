"""Past days and moments that an address asks for."""

from datetime import date, datetime, time

from flask import request

from core.clock import ALMATY, end_of_day, today
from core.i18n import format_day, text
from core.web.lists import UnknownListArgument

FIRST_DAY = date(2020, 1, 1)
"""Nothing moved before the programme began."""

_LONGEST_PERIOD_DAYS = 731


def day_argument(name: str, on: date) -> date | None:
    """Return the day that the address names, not after `on`, or None.

    Raises:
        UnknownListArgument: it is no day, or none at which goods moved.
    """
    given = request.args.get(name)
    if not given:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError as error:
        raise UnknownListArgument(text("Write the day as 2026-10-31.")) from error
    if not FIRST_DAY <= day <= on:
        raise UnknownListArgument(
            text("Stock can be shown for a day from %(first)s to today.", first=format_day(FIRST_DAY))
        )
    return day


def moment_argument(at: datetime) -> datetime | None:
    """Return the moment that `as_of` and `time` of the address ask for, or None for now; without `time`, the day's end.

    Raises:
        UnknownListArgument: it is none, or has not come yet.
    """
    day, given = day_argument("as_of", today(at)), request.args.get("time")
    if day is None:
        return None
    if not given:
        return end_of_day(day)
    try:
        moment = datetime.combine(day, time.fromisoformat(given).replace(tzinfo=None), ALMATY)
    except ValueError as error:
        raise UnknownListArgument(text("Write the time as 14:30.")) from error
    if moment > at:
        raise UnknownListArgument(text("This moment has not come yet. Choose an earlier one."))
    return moment


def period_arguments(on: date, *, first: date) -> tuple[date, date]:
    """Return the first and the last day that the address asks for; without them, from `first` to `on`.

    Raises:
        UnknownListArgument: they are no days, stand the wrong way round, or are more than two years apart (SEC-34).
    """
    begins, ends = day_argument("first", on) or first, day_argument("last", on) or on
    if begins > ends:
        raise UnknownListArgument(text("The first day is after the last one. Choose the days again."))
    if (ends - begins).days > _LONGEST_PERIOD_DAYS:
        raise UnknownListArgument(text("A card is drawn for two years at most. Choose a shorter period."))
    return begins, ends
