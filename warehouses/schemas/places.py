"""Places as programs are told of them."""

from typing import Annotated

from pydantic import ConfigDict, Field

from core.web.api.bodies import Sent, Told
from core.web.api.fields import Limit, PlaceCode
from territory.models import District
from warehouses.models import Place
from warehouses.schemas.fields import StoreKind


class PlacesAsked(Sent):
    """Which warehouses and points, and from where on."""

    q: Annotated[str, Field(max_length=100, description="Words of a name, or a code")] = ""
    kind: StoreKind | None = None
    after: Annotated[PlaceCode | None, Field(description="`next` of the page before")] = None
    limit: Limit = 100


class PlaceTold(Told):
    """A warehouse or a point; `district` is its code in the classifier of territories (KATO), "" where it has none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "P-0012",
                    "kind": "point",
                    "name_kk": "Казталов беру пункті",
                    "name_ru": "Пункт выдачи Казталов",
                    "name_en": "Kaztalov point",
                    "district": "274400000",
                    "is_open": True,
                    "uses_bins": False,
                }
            ]
        }
    )

    code: str
    kind: StoreKind
    name_kk: str
    name_ru: str
    name_en: str
    district: str
    is_open: bool
    uses_bins: bool


class PlacePage(Told):
    """Some places by code; `next` is the `after` of the page that follows, null on the last one."""

    places: list[PlaceTold]
    next: str | None


def told_of(place: Place, district: District | None) -> PlaceTold:
    """Return a place as programs are told of it."""
    said = {name: getattr(place, name) for name in PlaceTold.model_fields if name != "district"}
    return PlaceTold(**said, district=district.kato if district is not None else "")
