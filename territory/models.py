"""Tables of regions and districts. A row's id is its KATO number, so it is the same in every database."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, Named


class Region(Named, Model):
    """One of the regions (облыс) of the programme; `code` is ISO 3166-2."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    centre_kk: Mapped[str] = mapped_column(String(100))
    centre_ru: Mapped[str] = mapped_column(String(100))
    centre_en: Mapped[str] = mapped_column(String(100))
    latitude: Mapped[float]
    longitude: Mapped[float]


class District(Named, Model):
    """One of the districts (аудан) of the programme; `kato` is its code in nine digits."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    kato: Mapped[str] = mapped_column(String(9), unique=True)
    centre_kk: Mapped[str] = mapped_column(String(100))
    centre_ru: Mapped[str] = mapped_column(String(100))
    centre_en: Mapped[str] = mapped_column(String(100))
    latitude: Mapped[float]
    longitude: Mapped[float]

    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)
