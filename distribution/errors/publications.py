"""Refusals of publications."""

from core.errors import Conflict, NotFound


class NothingPublished(NotFound):
    """Nothing of this is published."""

    code = "nothing_published"


class PublicationBroken(Conflict):
    """The files of a publication no longer come out as they were published."""

    code = "publication_broken"
