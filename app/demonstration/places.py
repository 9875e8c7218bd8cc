"""The places of the demonstration: a central warehouse, one in each region and district, one point in each district."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.actors import EVERYWHERE, Actor
from territory.models import District, Region
from territory.queries import list_districts, list_regions
from warehouses.models import Place
from warehouses.services import open_places
from warehouses.values import PlaceForm, PlaceKind

_HOURS = "09:00–18:00"
_DAYS = "1,2,3,4,5"


@dataclass(frozen=True, slots=True)
class Network:
    """All places, found by the region or district they stand in."""

    central: Place
    regional: Mapping[int, Place]
    district: Mapping[int, Place]
    points: Mapping[int, Place]
    districts: Sequence[District]


def open_network(session: Session, *, actor: Actor, at: datetime) -> Network:
    """Open all warehouses and points."""
    regions, districts = list_regions(session), list_districts(session, EVERYWHERE)
    forms = [_central(), *map(_regional, regions), *map(_district, districts), *map(_point, districts)]
    central, *others = open_places(session, forms, actor=actor, at=at)
    of_region, of_district = others[: len(regions)], others[len(regions) : len(regions) + len(districts)]
    points = others[len(regions) + len(districts) :]
    return Network(
        central,
        {region.id: place for region, place in zip(regions, of_region, strict=True)},
        {district.id: place for district, place in zip(districts, of_district, strict=True)},
        {district.id: place for district, place in zip(districts, points, strict=True)},
        districts,
    )


def _central() -> PlaceForm:
    return PlaceForm(
        "Орталық қойма",
        "Центральный склад",
        "Central warehouse",
        PlaceKind.CENTRAL,
        None,
        None,
        "Астана, Өндіріс көшесі, 4",
        "Астана, улица Ондирис, 4",
        "4 Ondiris Street, Astana",
        _HOURS,
        _DAYS,
    )


def _regional(region: Region) -> PlaceForm:
    return PlaceForm(
        f"{region.centre_kk} облыстық қоймасы",
        f"Областной склад, {region.centre_ru}",
        f"Regional warehouse, {region.centre_en}",
        PlaceKind.REGIONAL,
        None,
        region.id,
        region.centre_kk,
        region.centre_ru,
        region.centre_en,
        _HOURS,
        _DAYS,
    )


def _district(district: District) -> PlaceForm:
    return PlaceForm(
        f"{district.name_kk}ның қоймасы",
        f"Склад, {district.name_ru}",
        f"Warehouse, {district.name_en}",
        PlaceKind.DISTRICT,
        district.id,
        None,
        district.centre_kk,
        district.centre_ru,
        district.centre_en,
        _HOURS,
        _DAYS,
    )


def _point(district: District) -> PlaceForm:
    return PlaceForm(
        f"{district.centre_kk} беру пункті",
        f"Пункт выдачи, {district.centre_ru}",
        f"Distribution point, {district.centre_en}",
        PlaceKind.POINT,
        district.id,
        None,
        f"{district.centre_kk}, Абай көшесі, 1",
        f"{district.centre_ru}, улица Абая, 1",
        f"1 Abai Street, {district.centre_en}",
        _HOURS,
        _DAYS,
        is_main=True,
        settlements=(district.centre_kk,),
    )
