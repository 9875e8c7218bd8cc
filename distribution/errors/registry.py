"""Refusals of registry imports."""

from core.errors import Conflict, NotFound


class RegistryAlreadyLoaded(Conflict):
    """This very file was loaded before, perhaps by somebody else a moment ago."""

    code = "registry_already_loaded"


class BatchUnknown(NotFound):
    """No such import, or not of one's territory."""

    code = "batch_unknown"


class BatchClosed(Conflict):
    """The import was confirmed or discarded before."""

    code = "batch_closed"


class NotYourFamilies(Conflict):
    """The file would change families whose district is out of reach."""

    code = "not_your_families"
