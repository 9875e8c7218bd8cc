"""Imports of the registry, as programs send and read them; without names."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import TEXT, Limit, Number, chosen
from distribution.models import RegistryBatch
from distribution.values import BatchStatus

_STATUSES = [one.value for one in BatchStatus]

BatchStatusText = Annotated[str, Field(json_schema_extra={"enum": _STATUSES}), chosen(_STATUSES)]


class ImportsAsked(Sent):
    """Which imports, and from where on."""

    status: BatchStatusText | None = None
    after: Annotated[Number, Field(description="`next` of the page before")] = 0
    limit: Limit = 100


class FileAsked(Sent):
    """What the file that is sent is called."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="Name of the file"), TEXT] = "registry.csv"


class ImportTold(Told):
    """An import: how many rows were read, accepted and refused, and what they would change or have changed.

    `undoes` is the import that this one takes back.
    """

    id: int
    file_name: str
    status: BatchStatusText
    rows: int
    accepted: int
    refused: int
    notes: int
    new: int
    changed: int
    same: int
    missing: int
    brought_in_at: datetime
    confirmed_at: datetime | None
    undoes: int | None
    remarks: dict[str, int]

    @classmethod
    def of(cls, batch: RegistryBatch, remarks: dict[str, int]) -> Self:
        """Tell an import with how often each remark was made about its rows."""
        return cls(
            id=batch.id,
            file_name=batch.file_name,
            status=batch.status,
            rows=batch.row_count,
            accepted=batch.accepted_count,
            refused=batch.refused_count,
            notes=batch.note_count,
            new=batch.new_children,
            changed=batch.changed_children,
            same=batch.same_children,
            missing=batch.missing_children,
            brought_in_at=batch.staged_at,
            confirmed_at=batch.confirmed_at,
            undoes=batch.undoes_id,
            remarks=remarks,
        )


class ImportPage(Told):
    """Imports in the order in which they were brought in, and where the next page begins."""

    imports: list[ImportTold]
    next: int | None


class BroughtInTold(Told):
    """A file that was brought in, and the work that checks its rows; none where its columns must be named first."""

    number: int
    job: UUID | None
    address: str
    faults: list[str]
