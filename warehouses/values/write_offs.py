"""Write-offs: the state's reason codes, and what somebody wants to be written off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

WRITE_OFF = "write_off"
"""The `document_kind` of movements that a write-off made; `document_id` is the write-off's id."""


class WriteOffStatus(StrEnum):
    """Where a write-off stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WriteOffReason:
    """A reason why goods leave the books: the state's code, and its words."""

    code: str
    name_kk: str
    name_ru: str
    name_en: str


_REASONS = (
    WriteOffReason("DAMAGE", "Бүліну/жоғалту", "Порча/утрата", "Spoiled or ruined"),
    WriteOffReason("LOSS", "Жоғалу", "Утеря", "Lost"),
    WriteOffReason("THEFT", "Ұрлық", "Хищение", "Stolen"),
    WriteOffReason("RECYCLING", "Кәдеге жарату", "Утилизация", "Disposed of"),
    WriteOffReason("RECLAMATION", "Рекламация", "Рекламация", "Claimed from the supplier"),
    WriteOffReason(
        "NATURAL_DECREASE_IN_NORM",
        "Норма шегіндегі табиғи кему",
        "Естественная убыль в пределах норм",
        "Natural decrease within the norms",
    ),
    WriteOffReason(
        "NATURAL_DECREASE_OVER_NORM",
        "Нормадан тыс табиғи кему",
        "Естественная убыль сверх норм",
        "Natural decrease beyond the norms",
    ),
    WriteOffReason(
        "WRITE_OFF_BY_GUILTY",
        "Кінәлі тұлғаның есебінен шығару",
        "Списание за счёт виновного лица",
        "Written off at the expense of who is to blame",
    ),
    WriteOffReason("MISTAKE", "Тауар қате енгізілген", "Товар введён ошибочно", "Goods entered by mistake"),
    WriteOffReason("MEDICAL_NEEDS", "Медициналық қажеттіліктерге", "На медицинские нужды", "For medical needs"),
    WriteOffReason("TECHNICAL_NEEDS", "Техникалық қажеттіліктерге", "На технические нужды", "For technical needs"),
    WriteOffReason(
        "SOCIAL_PACKAGE",
        "Кепілдендірілген әлеуметтік пакетке шығару",
        "Списание на гарантированный социальный пакет",
        "Written off for the guaranteed social package",
    ),
    WriteOffReason("MANUFACTURE", "Өндіріс", "Производство", "Production"),
    WriteOffReason(
        "CONVERSION", "Алыс-беріс шикізатын қайта өңдеу", "Переработка давальческого сырья", "Processing for others"
    ),
    WriteOffReason("SERVICE", "Қызмет, жұмыс", "Услуга, работа", "Service, work"),
    WriteOffReason(
        "SOLD_IN_RETAIL_OR_COUPONS",
        "Бөлшек саудада БКМ чектері бойынша өткізілген",
        "Реализовано в розничной торговле по чекам ККМ",
        "Sold in retail by receipts",
    ),
    WriteOffReason(
        "COUPONS_OR_CARDS_PAYMENTS",
        "Талондар немесе карталар бойынша өткізілген",
        "Реализовано по талонам или картам",
        "Sold by coupons or cards",
    ),
    WriteOffReason(
        "IS_NOT_VSTORE",
        "Тауар «Виртуалды қойма» модулінде жүргізілмейді",
        "Товар не подлежит ведению в модуле «Виртуальный склад»",
        "Goods that the module “Virtual store” does not keep",
    ),
    WriteOffReason(
        "NO_REQUIREMENTS_FOR_SNT",
        "Келесі ТІЖҚ ресімдеу талабы жоқ",
        "Отсутствует требование по оформлению следующего СНТ",
        "No further accompanying note is required",
    ),
    WriteOffReason("ACCOUNTING_FIXED_ASSETS", "НҚ/ТА есебі", "Учёт ОС/ФА", "Accounting of fixed assets"),
    WriteOffReason("OTHER", "Басқа", "Прочее", "Other"),
)

WRITE_OFF_REASONS: Mapping[str, WriteOffReason] = {one.code: one for one in _REASONS}
"""The reasons of the state's system “Virtual store” with its Russian words; those of a store of goods come first."""


@dataclass(frozen=True, slots=True)
class WriteOffWish:
    """So many packs of a lot."""

    lot_id: int
    packs: int


@dataclass(frozen=True, slots=True)
class NewWriteOff:
    """What somebody wants to be written off at a place, why, and when it happened."""

    place_id: int
    reason: str
    note: str
    happened_at: datetime
    lines: tuple[WriteOffWish, ...]
