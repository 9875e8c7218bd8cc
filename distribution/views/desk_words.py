"""The words of a phone that works without a network: they travel with the page in all languages."""

from collections.abc import Mapping

from core.i18n import LANGUAGES, format_quarter, ngettext, use_language
from core.quarters import Quarter
from distribution.rules.desk_verdicts import desk_notes, desk_verdicts

_YEAR = 2000
_FORMS = {"one": 1, "few": 2, "many": 5, "other": 5}


def desk_words() -> Mapping[str, Mapping[str, object]]:
    """Return verdicts, notes and the names of quarters by language; blanks stand in braces, `{family}`."""
    return {language: _words_in(language) for language in LANGUAGES}


def _words_in(language: str) -> Mapping[str, object]:
    with use_language(language):
        verdicts = {
            case: {
                "answer": one.answer,
                "kind": one.kind,
                "words": str(one.words),
                "why": str(one.why),
                "step": str(one.step),
            }
            for case, one in desk_verdicts().items()
        }
        quarters = [format_quarter(Quarter(_YEAR, n)).replace(str(_YEAR), "{year}") for n in (1, 2, 3, 4)]
        notes = {name: str(one) for name, one in desk_notes().items()}
    return {"verdicts": verdicts, "notes": notes, "quarters": quarters, "ages": _ages()}


def _ages() -> Mapping[str, str]:
    """Return how a child's full years are told, by the form that the number wants."""
    return {
        form: ngettext("%(child)s, %(n)s year", "%(child)s, %(n)s years", n, child="{child}").replace(str(n), "{n}")
        for form, n in _FORMS.items()
    }
