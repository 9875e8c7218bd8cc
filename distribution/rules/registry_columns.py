"""The columns of a registry file: their names in three languages, and how a header is recognised."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.i18n import Text, text
from core.tabular.columns import Column, TableKind

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

_TITLES: dict[str, Text] = {
    "case_no": text("Case number"),
    "district_kato": text("KATO code of the district"),
    "settlement": text("Settlement"),
    "applicant_iin": text("Applicant's IIN"),
    "applicant_name": text("Applicant's name"),
    "phone": text("Phone"),
    "award_kind": text("Kind of assistance"),
    "award_from": text("Awarded from"),
    "award_to": text("Awarded until"),
    "award_status": text("Status of the award"),
    "award_reason": text("Reason of the award's end"),
    "child_iin": text("Child's IIN"),
    "child_name": text("Child's name"),
    "birth_date": text("Birth date"),
    "sex": text("Sex"),
}

MEANINGS: dict[str, Text] = {
    "case_no": text("The number of the case, up to 60 characters. All children of one award share it."),
    "district_kato": text("The KATO code of the district, nine digits."),
    "settlement": text("The village or town where the family lives."),
    "applicant_iin": text("The applicant's IIN, 12 digits."),
    "applicant_name": text("Surname and given names of the applicant."),
    "phone": text("The applicant's phone, for example +77010000000."),
    "award_kind": text("unconditional or conditional."),
    "award_from": text("The first day of the award, as 31.12.2020 or 2020-12-31."),
    "award_to": text("The last day of the award; blank means that it goes on."),
    "award_status": text("awarded, suspended, terminated or refused."),
    "award_reason": text("Why the award was refused or ended; may be blank."),
    "child_iin": text("The child's IIN, 12 digits."),
    "child_name": text("Surname and given names of the child."),
    "birth_date": text("The child's birthday, as 31.12.2020 or 2020-12-31; blank means that it is taken from the IIN."),
    "sex": text("male or female."),
}

REGISTRY_TABLE = TableKind(
    "registry",
    1,
    tuple(
        Column(
            key,
            _TITLES[key],
            MEANINGS[key],
            (*(HEADERS[language][place] for language in ("kk", "ru")), *_SYNONYMS[key]),
            is_required=True,
        )
        for place, key in enumerate(COLUMNS)
    ),
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where each column of the registry stands in the rows of a file, in the order of the columns."""

    all: tuple[int, ...]
    case_no: int
    child_iin: int


def places_of(mapping: Sequence[str]) -> Places:
    """Return where the columns stand, by the key of each heading; all of them must be there."""
    found = tuple(mapping.index(column) for column in COLUMNS)
    return Places(found, found[COLUMNS.index("case_no")], found[COLUMNS.index("child_iin")])
