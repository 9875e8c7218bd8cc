"""The facts that every database starts with: territory, catalogue, places that exist once."""

from sqlalchemy.orm import Session

from catalog.services.facts import load_catalogue
from territory.services import load_territory
from warehouses.services import load_outside_places


def load_reference(session: Session) -> None:
    """Bring all facts into the database; what is already there stays as it is."""
    load_territory(session)
    load_catalogue(session)
    load_outside_places(session)
