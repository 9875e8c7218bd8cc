"""Keep the Kazakh and Russian catalogues complete and true to the code.

Sentences are written in English in the code (`_("…")`, `text("…")`), their translations live in
`translations/{kk,ru}/LC_MESSAGES/messages.po`. Four commands:

    python -m tools.strings add FILE.json   put translations in (several people may do so at once)
    python -m tools.strings extract         take over what the code says now (--prune drops what it no longer says)
    python -m tools.strings check           prove that nothing is missing, wrong or left over
    python -m tools.strings compile         write the .mo files that the application reads

FILE.json: {"English": {"kk": "…", "ru": "…"}, "%(n)s row|%(n)s rows": {"kk": ["…", "…"], "ru": ["…", "…", "…"]}}.
The .po files carry neither line numbers nor dates, so that two branches rarely touch the same line.
"""

import argparse
import fcntl
import io
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.extraction import KEYWORDS, StringsError

ROOT = Path(__file__).resolve().parents[1]
PLURALS = {
    "kk": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
}
FORMS = {"kk": 2, "ru": 3}
SKIPPED_FOLDERS = {"node_modules", "tests", "tools", "migrations", "benchmarks", "docs", "static", "translations"}

MessageKey = str | tuple[str, str]


def extracted(root: Path = ROOT) -> dict[str, MessageKey]:
    """Return every sentence of code and templates, by its singular."""
    with (root / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # Babel has no types here
    found: dict[str, MessageKey] = {}
    rows = extract_from_dir(
        root,
        methods,
        options,
        {**dict.fromkeys(KEYWORDS), **{name: places for name, places in KEYWORDS.items() if len(places) > 1}},
        directory_filter=lambda folder: (
            not Path(folder).name.startswith(".") and Path(folder).name not in SKIPPED_FOLDERS
        ),
    )
    for _path, _line, message, _comments, _context in rows:
        key: MessageKey = message if isinstance(message, str) else (message[0], message[1])
        singular = key if isinstance(key, str) else key[0]
        if singular not in found or isinstance(key, tuple):
            found[singular] = key
    found.pop("", None)
    return found


def _po_path(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


@contextmanager
def locked() -> Iterator[None]:
    """Let one process at a time change the catalogues."""
    (ROOT / "translations").mkdir(exist_ok=True)
    with (ROOT / "translations" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def empty(language: str) -> Catalog:
    """Return a catalogue without sentences."""
    catalog = Catalog(locale=language, fuzzy=False)
    catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
    return catalog


def load(language: str) -> Catalog:
    """Read the catalogue of one language, an empty one where there is none yet."""
    path = _po_path(language)
    if path.exists():
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language)
    else:
        catalog = empty(language)
    catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
    catalog.fuzzy = False
    return catalog


def _header(language: str) -> str:
    lines = [
        "Project-Id-Version: Toptama",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURALS[language]}",
    ]
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def save(catalog: Catalog, language: str) -> None:
    """Write the .po file, sorted, and the .mo file beside it."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    _replace(_po_path(language), (_header(language) + stream.getvalue().decode().strip("\n") + "\n").encode())
    compile_catalog(catalog, language)


def compile_catalog(catalog: Catalog, language: str) -> None:
    """Write the .mo file of one language."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    _replace(_po_path(language).with_suffix(".mo"), stream.getvalue())


def placeholders(sentence: str) -> set[str]:
    """Return the names inside %(name)s."""
    return set(re.findall(r"%\((\w+)\)", sentence))


def complaints(key: MessageKey, translations: object, language: str) -> list[str]:
    """Return what is wrong with the translations of one sentence, each complaint as a sentence."""
    singular, plural = (key, key) if isinstance(key, str) else key
    label = f"{language}: {singular!r}"
    strange = re.findall(r"%\(\w+\)[^s]", singular + plural)
    if strange:
        return [f"{label} has {strange[0]}. Write %(name)s: numbers and days arrive as the language writes them."]
    wanted_count = FORMS[language] if isinstance(key, tuple) else 1
    forms = [translations] if isinstance(translations, str) else translations
    if not isinstance(forms, list | tuple) or not all(isinstance(form, str) and form.strip() for form in forms):
        return [f"{label} has no translation. Add it with `python -m tools.strings add FILE.json`."]
    if len(forms) != wanted_count:
        return [f"{label} has {len(forms)} forms; {language} needs {wanted_count} here."]
    found = []
    for number, form in enumerate(forms):
        allowed = [placeholders(plural)]
        if language == "kk" and number == 0:  # the form of exactly one may do without the number
            allowed.append(placeholders(singular))
        if placeholders(form) not in allowed:
            names = ", ".join(sorted(placeholders(plural))) or "none"
            found.append(f"{label}: {form!r} has other placeholders than the English ({names}). Use the same.")
        elif placeholders(plural):
            try:
                form % dict.fromkeys(placeholders(plural), "1")
            except (ValueError, TypeError, KeyError):
                found.append(f"{label}: {form!r} cannot be filled in. Write %% for a percent sign.")
    return found


def add(path: Path) -> int:
    """Merge a file of translations into the catalogues; all of it or, when anything is wrong, nothing."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    wrong: list[str] = []
    keyed: list[tuple[MessageKey, Mapping[str, object]]] = []
    for english, by_language in entries.items():
        is_plural = any(isinstance(value, list) for value in by_language.values())
        key: MessageKey = (english.split("|")[0], english.split("|")[1]) if is_plural and "|" in english else english
        keyed.append((key, by_language))
        wrong += [line for language in PLURALS for line in complaints(key, by_language.get(language), language)]
    if wrong:
        raise StringsError("\n".join([*wrong, f"Nothing of {path} was taken over."]))
    with locked():
        for language in PLURALS:
            catalog = load(language)
            for key, by_language in keyed:
                _set(catalog, key, by_language[language], language)
            save(catalog, language)
    return len(keyed)


def _set(catalog: Catalog, key: MessageKey, value: object, language: str) -> None:
    singular = key if isinstance(key, str) else key[0]
    before = catalog.get(singular)
    string = tuple(value) if isinstance(value, list) else str(value)
    if before is not None and before.string and before.string != string and any(before.string):
        print(f"{language}: {singular!r} was {before.string!r}, is now {string!r}")
    catalog.delete(singular)
    catalog.obsolete.pop(singular, None)
    catalog.add(key, string)


def update(*, prune: bool) -> None:
    """Make the catalogues hold exactly the sentences of code and templates, keeping their translations."""
    wanted = extracted()
    with locked():
        for language in PLURALS:
            catalog = load(language)
            fresh = empty(language)
            known = {_singular(message): message for message in catalog.obsolete.values()}
            known |= {_singular(message): message for message in catalog if message.id}
            for singular, key in wanted.items():
                old = known.pop(singular, None)
                same_kind = old is not None and isinstance(old.id, str) == isinstance(key, str)
                fresh.add(key, old.string if old is not None and same_kind else None)
            if not prune:
                fresh.obsolete.update({name: message for name, message in known.items() if _translated(message)})
            save(fresh, language)
            missing = sum(not _translated(message) for message in fresh if message.id)
            print(
                f"{language}: {len(wanted)} sentences, {missing} without a translation, {len(fresh.obsolete)} set aside"
            )


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def check(root: Path = ROOT) -> list[str]:
    """Return everything wrong with the catalogues, each complaint as a sentence that says what to do."""
    wanted = extracted(root)
    reasons = tomllib.loads((ROOT / "translations" / "same.toml").read_text(encoding="utf-8"))
    found: list[str] = []
    for language in PLURALS:
        catalog = load(language)
        for singular, key in sorted(wanted.items()):
            message = catalog.get(singular)
            string = None if message is None else message.string
            found += complaints(key, string, language)
            letters = re.search(r"[^\W\d_]", re.sub(r"%\(\w+\)\w", "", singular))
            if letters and string == singular and singular not in reasons.get(language, {}):
                place = f"translations/same.toml under [{language}] with the reason"
                found.append(
                    f"{language}: {singular!r} is the same as the English. Translate it or list it in {place}."
                )
        left_over = {_singular(message) for message in catalog if message.id} - set(wanted)
        found += [f"{language}: {name!r} is said nowhere. Run `make strings`." for name in sorted(left_over)]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.strings", description=(__doc__ or "").split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("add", help="put translations in").add_argument("file", type=Path)
    commands.add_parser("extract", help="take over what the code says now").add_argument("--prune", action="store_true")
    commands.add_parser("check", help="prove the catalogues complete")
    commands.add_parser("compile", help="write the .mo files")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "add":
            print(f"{add(chosen.file)} sentences taken over.")
        elif chosen.command == "extract":
            update(prune=chosen.prune)
        elif chosen.command == "check":
            found = check()
            print("\n".join(found) or "Kazakh and Russian are complete.")
            return 1 if found else 0
        else:
            with locked():
                for language in PLURALS:
                    compile_catalog(load(language), language)
    except (StringsError, OSError, json.JSONDecodeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
