"""Open data of the standards: a Data Package (v2) for every quarter whose standards are fixed, the same for ever.

A release is made anew from what the database refuses to change, so there is no copy that could differ: its bytes are a
function of the sealed versions, of the quarter, and of when it was fixed. Nothing in it knows the language of a reader,
an address of this installation, the time, or the database. The archive is stored without compression, for compressed
bytes change with the library that made them.

Source: Data Package standard, version 2.0.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from catalog.documents.release_tables import Table, content_path, tables_of
from catalog.rules.contents import read_content
from catalog.values import SealedVersion
from core.quarters import Quarter
from core.tabular import write_csv

PREVIEW = "preview"
DESCRIPTOR, SUMS = "datapackage.json", "SHA256SUMS"
_PROFILES = "https://datapackage.org/profiles/2.0"
_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
_ABOUT = (
    "Standards of the guaranteed social package: every approved version in force in the quarter or before it. In force "
    "means approved for that quarter; it does not say that sets of the kind were given out. "
    "The JSON of a version is what was approved, byte for byte; the tables are made from it. Texts in the tables that "
    "a spreadsheet would run as a formula begin with an apostrophe."
)
_UNFIXED = " The quarter runs and is not fixed yet: this preview changes when a version is approved. Do not cite it."
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Release:
    """The files of a release by their path, the archive that holds them all, and its SHA-256."""

    name: str
    quarter: Quarter
    fixed_at: datetime | None
    files: Mapping[str, bytes]
    archive: bytes
    archive_hash: str

    @property
    def archive_name(self) -> str:
        """What the archive is called."""
        return f"toptama-standards-{self.name}.zip"

    @property
    def descriptor_hash(self) -> str:
        """The SHA-256 of the descriptor, which holds those of all other files."""
        return _hash(self.files[DESCRIPTOR])


def release_of(sealed: Sequence[SealedVersion], *, quarter: Quarter, fixed_at: datetime | None) -> Release:
    """Return the release of a quarter; without `fixed_at` it is a preview. `sealed` are all versions there are."""
    return _release(tuple(one for one in sealed if one.effective_from <= quarter), quarter, fixed_at)


@lru_cache(maxsize=64)
def _release(versions: tuple[SealedVersion, ...], quarter: Quarter, fixed_at: datetime | None) -> Release:
    name = str(quarter) if fixed_at else PREVIEW
    tables = tables_of(versions)
    data = {f"{table.name}.csv": _csv(table) for table in tables}
    data |= {content_path(one): one.content.encode() for one in versions}
    resources = [_table_resource(table, data[f"{table.name}.csv"]) for table in tables]
    resources += [_json_resource(content_path(one), data[content_path(one)]) for one in versions]
    files = {DESCRIPTOR: _descriptor(versions, quarter, fixed_at, resources), **data}
    files[SUMS] = "".join(f"{_hash(body)}  {path}\n" for path, body in sorted(files.items())).encode()
    archive = _archive(files)
    return Release(name, quarter, fixed_at, files, archive, _hash(archive))


def _descriptor(
    versions: Sequence[SealedVersion], quarter: Quarter, fixed_at: datetime | None, resources: list[dict[str, object]]
) -> bytes:
    written = fixed_at or max((one.approved_at for one in versions), default=None)
    created = {"created": f"{written.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if written else {}
    told = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": f"toptama-standards-{str(quarter).lower() if fixed_at else PREVIEW}",
        "title": f"Standards of the guaranteed social package of Kazakhstan, {quarter}",
        "description": _ABOUT + ("" if fixed_at else _UNFIXED),
        "version": f"{quarter.year}.{quarter.number}.0" + ("" if fixed_at else f"-{PREVIEW}"),
        **created,
        "keywords": ["Kazakhstan", "social assistance", "children", "food standards"],
        "licenses": [_LICENCE],
        "sources": _sources(versions),
        "resources": resources,
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _sources(versions: Sequence[SealedVersion]) -> list[dict[str, str]]:
    """Return the legal bases of the versions, each once."""
    contents = [read_content(one.content) for one in versions]
    said = {(one.legal_on.isoformat(), one.legal_number, one.legal_document.name_en) for one in contents}
    return [{"title": f"{document}, No. {number} of {day}"} for day, number, document in sorted(said)]


def _table_resource(table: Table, body: bytes) -> dict[str, object]:
    fields = [
        {
            "name": field.name,
            "type": field.type,
            "description": field.description,
            **({"constraints": dict(field.constraints)} if field.constraints else {}),
        }
        for field in table.fields
    ]
    keys = [
        {"fields": list(key.columns), "reference": {"resource": key.table, "fields": list(key.named)}}
        for key in table.foreign_keys
    ]
    schema: dict[str, object] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": fields,
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    return {
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_sums(body),
        "schema": {**schema, **({"foreignKeys": keys} if keys else {})},
    }


def _json_resource(path: str, body: bytes) -> dict[str, object]:
    stem = path.rsplit("/", 1)[1].removesuffix(".json").lower()
    return {
        "name": f"version-{stem}",
        "path": path,
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
        **_sums(body),
    }


def _sums(body: bytes) -> dict[str, object]:
    return {"bytes": len(body), "hash": f"sha256:{_hash(body)}"}


def _csv(table: Table) -> bytes:
    file = io.BytesIO()
    write_csv(file, [field.name for field in table.fields], table.rows, for_excel=False)
    return file.getvalue()


def _archive(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path, body in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = 3, _READABLE
            archive.writestr(entry, body)
    return file.getvalue()


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
