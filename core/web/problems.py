"""One handler turns every refusal into a page, or into problem+json (RFC 9457) for programs."""

import time
from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.exceptions import HTTPException, SecurityError

from core.errors import Fault, Problem
from core.i18n import Text, text
from core.web.attempts import TooManyAttempts
from core.web.models import Submission
from core.web.pages import told
from core.web.session import AlreadySubmitted, reading

_HEADINGS = {
    400: text("This address or form cannot be read"),
    401: text("Sign in to go on"),
    403: text("This may not be done"),
    404: text("There is nothing here"),
    405: text("This address does not take that"),
    409: text("This contradicts what was done before"),
    412: text("This was changed meanwhile"),
    413: text("This file or form is too big"),
    415: text("This address takes another format"),
    422: text("This cannot be taken as it is"),
    428: text("The state that is changed was not named"),
    429: text("Too many attempts"),
    500: text("Something broke on our side"),
    503: text("Not available just now"),
}
_NEXT_STEPS = {
    400: text("Go back, open the page again and repeat the last step."),
    401: text("Sign in, then repeat the last step."),
    403: text("Go back, open the page again and repeat the last step. If it happens again, call us."),
    404: text(
        "Check the address, or go to the start page. You may also lack the right to see it: ask your administrator."
    ),
    405: text("Go back and use the buttons of the page."),
    409: text("Go back, open the page again and look at how things stand."),
    413: text("Send a smaller file, or split it."),
    422: text("Go back and correct what is named above."),
    429: text("Wait a few minutes, then try again."),
    500: text("Try again in a minute. If it happens again, call us and quote the reference."),
    503: text("Try again in a minute."),
}
_LOOKS, _PAUSE = 20, 0.05
"""A second sending waits a second at most for the result of the first."""

_SAVED = text("Your data are safe: nothing was changed by this request.")


def answer_problems(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AlreadySubmitted, _lead_to_first_result)
    app.register_error_handler(Problem, _tell_problem)
    app.register_error_handler(CSRFError, _tell_csrf)
    app.register_error_handler(HTTPException, _tell_http)
    app.register_error_handler(Exception, _tell_failure)


def _lead_to_first_result(problem: AlreadySubmitted) -> ResponseReturnValue:
    location = problem.location or _await_location(problem.key)
    if location is None:
        return _tell_problem(problem)
    told(problem.message, "info")
    return redirect(location, 303)


def _await_location(key: str) -> str | None:
    """Return where the first sending led; of a double click both arrive at once, so it may take a moment."""
    for _ in range(_LOOKS):
        with reading() as session:
            location = session.scalar(select(Submission.location).where(Submission.key == key))
        if location is not None:
            return location
        time.sleep(_PAUSE)
    return None


def _tell_problem(problem: Problem) -> ResponseReturnValue:
    response = answer(problem.status, code=problem.code, message=problem.message, faults=problem.faults)
    if isinstance(problem, TooManyAttempts):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _tell_csrf(_: CSRFError) -> ResponseReturnValue:
    message = text("The page was open for long, or was opened elsewhere, so its form no longer counts.")
    return answer(403, code="form_expired", message=message)


def _tell_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if isinstance(error, SecurityError):
        return Response("This address is not ours.\n", 400, mimetype="text/plain")
    status = error.code or 500
    response = answer(status, code=error.name.lower().replace(" ", "_"), message=None)
    retry = getattr(error, "retry_after", None)
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    return response


def _tell_failure(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("unexpected failure", exc_info=error)
    return answer(500, code="failure", message=None)


def answer(status: int, *, code: str, message: Text | None, faults: Sequence[Fault] = ()) -> Response:
    """Return the answer for a refusal: a page for people, problem+json for programs."""
    heading = _HEADINGS.get(status, _HEADINGS[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400])
    if _is_program():
        response = jsonify(
            type="about:blank",
            title=str(heading),
            status=status,
            code=code,
            detail=str(message or heading),
            reference=g.get("request_id", ""),
            **({"errors": [{"field": str(one.field), "detail": str(one.message)} for one in faults]} if faults else {}),
        )
        response.mimetype = "application/problem+json"
    else:
        response = Response(
            render_template(
                "errors/problem.html",
                status=status,
                heading=heading,
                message=message,
                data_note=_SAVED,
                next_step=_NEXT_STEPS.get(
                    status, _NEXT_STEPS[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
                ),
                request_id=g.get("request_id", ""),
                home_href="/",
            )
        )
    response.status_code = status
    return response


def _is_program() -> bool:
    return (
        request.path.startswith("/api/")
        or request.mimetype == "application/json"
        or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )
