"""The columns of a registry file: their names in three languages, and how a header is recognised."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.text import fold

COLUMNS = (
    "case_no",
    "district_kato",
    "settlement",
    "applicant_iin",
    "applicant_name",
    "phone",
    "award_kind",
    "award_from",
    "award_to",
    "award_status",
    "award_reason",
    "child_iin",
    "child_name",
    "birth_date",
    "sex",
)

HEADERS: dict[str, tuple[str, ...]] = {
    "en": COLUMNS,
    "ru": (
        "Номер дела",
        "КАТО района",
        "Населённый пункт",
        "ИИН заявителя",
        "ФИО заявителя",
        "Телефон",
        "Вид помощи",
        "Назначено с",
        "Назначено по",
        "Статус",
        "Основание",
        "ИИН ребёнка",
        "ФИО ребёнка",
        "Дата рождения",
        "Пол",
    ),
    "kk": (
        "Іс нөмірі",
        "Аудан КАТО",
        "Елді мекен",
        "Өтініш берушінің ЖСН",
        "Өтініш берушінің ТАӘ",
        "Телефон",
        "Көмек түрі",
        "Тағайындалды (бастап)",
        "Тағайындалды (дейін)",
        "Мәртебе",
        "Негіздеме",
        "Баланың ЖСН",
        "Баланың ТАӘ",
        "Туған күні",
        "Жынысы",
    ),
}

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "case_no": ("case", "case number", "№ дела", "дело", "іс №", "іс"),
    "district_kato": (
        "district",
        "kato",
        "kato code",
        "као района",
        "код като",
        "като",
        "район (като)",
        "код района",
        "аудан",
    ),
    "settlement": ("village", "place", "село", "населенный пункт", "нп", "ауыл", "елді мекені"),
    "applicant_iin": ("guardian iin", "иин получателя", "иин опекуна", "өтініш беруші жсн", "өтініш берушінің жсн-і"),
    "applicant_name": (
        "guardian name",
        "applicant",
        "фио получателя",
        "заявитель",
        "өтініш беруші",
        "өтініш берушінің аты-жөні",
    ),
    "phone": ("phone number", "номер телефона", "тел", "тел.", "телефон нөмірі"),
    "award_kind": ("kind", "тип помощи", "вид асп", "көмектің түрі"),
    "award_from": ("from", "дата назначения", "период с", "бастап", "тағайындалған күні"),
    "award_to": ("to", "дата окончания", "период по", "дейін", "аяқталған күні"),
    "award_status": ("status", "статус назначения", "мәртебесі"),
    "award_reason": ("reason", "причина", "основание", "негізі", "себебі"),
    "child_iin": ("iin of child", "иин", "балa жсн", "баланың жсн-і"),
    "child_name": ("name of child", "ребенок", "фио", "баланың аты-жөні", "бала"),
    "birth_date": ("birthday", "date of birth", "дата рожд", "день рождения", "туған жылы", "туған күн"),
    "sex": ("gender", "жыныс"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column of the registry stands in a file; `missing` and `twice` make it not a registry."""

    places: tuple[int, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def is_registry(self) -> bool:
        """Say whether every column was found, once."""
        return not self.missing and not self.twice


def layout(header: Sequence[str]) -> Layout:
    """Find the columns of a registry in a header of any of the three languages, mixed and in any order.

    Names are compared without regard to case, ё, Kazakh letters typed as Russian ones, dots, spaces and underscores.
    """
    exact = {_plain(name): COLUMNS[place] for names in HEADERS.values() for place, name in enumerate(names)}
    loose = {_plain(name): column for column, names in _SYNONYMS.items() for name in names} | exact
    found: dict[str, int] = {}
    twice: list[str] = []
    for place, name in enumerate(header):
        column = loose.get(_plain(name))
        if column is None:
            continue
        if column in found:
            twice.append(column)
        else:
            found[column] = place
    missing = tuple(column for column in COLUMNS if column not in found)
    return Layout(tuple(found.get(column, -1) for column in COLUMNS), missing, tuple(twice))


def _plain(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())
