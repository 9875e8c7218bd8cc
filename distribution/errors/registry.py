"""Refusals of registry imports."""

from core.errors import Conflict, NotFound
from core.i18n import Text


class RegistryAlreadyLoaded(Conflict):
    """This very file was loaded before, perhaps by somebody else a moment ago."""

    code = "registry_already_loaded"

    def __init__(self, message: Text, batch_id: int) -> None:
        super().__init__(message)
        self.batch_id = batch_id


class BatchUnknown(NotFound):
    """No such import, or not of one's territory."""

    code = "batch_unknown"


class BatchClosed(Conflict):
    """The import was confirmed or discarded before."""

    code = "batch_closed"


class NotYourFamilies(Conflict):
    """The file would change families whose district is out of reach."""

    code = "not_your_families"


class ColumnsUnclear(Conflict):
    """It is not said yet which column of the file is which."""

    code = "columns_unclear"


class FileForgotten(Conflict):
    """The file of the import is not kept any more."""

    code = "file_forgotten"


class FamiliesChangedSince(Conflict):
    """Families were changed after the file was compared with them."""

    code = "families_changed_since"


class ImportInUse(Conflict):
    """Something that came later stands on the import, so it cannot be undone as a whole."""

    code = "import_in_use"
