"""Write the list of passwords that are refused because everybody tries them first.

    python -m tools.common_passwords        write accounts/data/common_passwords.txt

The list is made from patterns, not copied from any breach: words and names of four languages with years, digits and
signs behind them, walks over the keyboard in the Latin and the Russian layout, dates. Why: docs/decisions/.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "accounts" / "data" / "common_passwords.txt"

ENGLISH = """password passw0rd pass admin administrator root user guest test demo login welcome letmein secret master
monkey dragon sunshine princess football baseball superman batman shadow michael jordan hello freedom whatever
trustno computer internet killer flower summer winter spring autumn january february march april june july august
september october november december monday tuesday friday sunday iloveyou loveyou babygirl angel charlie daniel
jessica ashley thomas robert hunter soccer hockey tigger cookie pepper ginger cheese banana orange purple silver
golden diamond samsung google facebook instagram whatsapp android iphone windows microsoft manager office company
default changeme temporary system server database backup security access private keyword mustang ferrari mercedes
toyota liverpool chelsea arsenal barcelona starwars pokemon matrix naruto minecraft blessed forever friends family
mother father sister brother butterfly chocolate rainbow unicorn sweetie lovely buster maggie bailey""".split()

RUSSIAN = """пароль парольпароль админ администратор пользователь привет люблю любовь солнце солнышко зайка котик
кошка собака мама папа наташа марина светлана екатерина александр сергей андрей дмитрий максим алексей владимир
николай татьяна ольга ирина елена анна мария юлия ксения анастасия виктория спартак динамо зенит россия москва
казахстан алматы астана шымкент караганда актобе семей тараз павлодар костанай кызылорда атырау актау туркестан
школа работа учитель директор начальник бухгалтер бухгалтерия секрет доступ система компьютер интернет телефон
январь февраль март апрель июнь июль август сентябрь октябрь ноябрь декабрь понедельник пятница весна лето осень
зима красота счастье удача свобода победа дружба семья ребенок малыш ангел принцесса королева медведь тигр
волк""".split()

KAZAKH = """құпиясөз құпия қазақстан қазақ алматы астана шымкент сәлем сүйемін махаббат жаным айналайын апа ата әке
ана бала балапан күнім айым гүлім жұлдыз бақыт береке отбасы мектеп мұғалім дәрігер аудан облыс ауыл қала нұрсұлтан
абай абылай айгүл айгерім әсел әлия динара дана жанар мадина сәуле самал гүлнар бауыржан нұрлан ерлан асқар серік
марат болат дәурен ержан қайрат арман айдос нұржан жәнібек мұрат талғат қуаныш наурыз тұлпар барыс бүркіт""".split()

LATIN_KAZAKH = """kazakhstan qazaqstan almaty astana shymkent karaganda aktobe salem aigerim aigul asel dinara madina
nurlan yerlan askar serik marat bauyrzhan kairat arman nurzhan zhanibek murat talgat natasha marina svetlana
ekaterina aleksandr sergey andrey dmitriy maksim aleksey vladimir nikolay tatyana olga irina elena anna maria parol
privet lubov solnce zenit spartak moskva rossiya kazakh""".split()

ENDINGS = [
    "",
    "1",
    "12",
    "123",
    "1234",
    "12345",
    "!",
    "1!",
    "123!",
    "@123",
    "00",
    "01",
    "007",
    "777",
    "2024",
    "2025",
    "2026",
    "2027",
]
ROWS = {
    "qwertyuiop[]": "йцукенгшщзхъ",
    "asdfghjkl;'": "фывапролджэ",
    "zxcvbnm,./": "ячсмитьбю.",
    "1234567890-=": "1234567890-=",
}
COLUMNS = ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "1йфя", "2цыч", "3увс", "4кам"]
FIRST_BIRTH, LAST_BIRTH = 1960, 2012
_SHORTEST = 4
_SHORTEST_WITH_ENDING = 8
_ASKED = 3000


def words() -> Iterator[str]:
    """Yield the words themselves, and those with an ending that are long enough to be typed as a password."""
    for word in dict.fromkeys([*ENGLISH, *RUSSIAN, *KAZAKH, *LATIN_KAZAKH]):
        for ending in ENDINGS:
            if len(word + ending) >= (_SHORTEST_WITH_ENDING if ending else _SHORTEST):
                yield word + ending


def walks() -> Iterator[str]:
    """Yield walks along the rows and columns of the keyboard, there and back, in both layouts."""
    for latin, russian in ROWS.items():
        for row in (latin, russian):
            for start in range(len(row)):
                for end in range(start + 4, len(row) + 1):
                    walk = row[start:end]
                    yield from (walk, walk[::-1], walk + walk, f"{walk}123", f"{walk}12345", f"123{walk}")
    for first in COLUMNS:
        for second in COLUMNS:
            yield from (first + second, first + second[::-1])
            yield from (f"{first}{second}{third}" for third in COLUMNS[:4])


def digits() -> Iterator[str]:
    """Yield repeated digits and pairs, and birthdays as eight digits of the first and middle day of each month."""
    for digit in "0123456789":
        yield from (digit * length for length in (6, 8, 9, 10))
        yield from ((digit + other) * 4 for other in "0123456789")
    day = date(FIRST_BIRTH, 1, 1)
    while day.year <= LAST_BIRTH:
        if day.day in {1, 15}:
            yield f"{day:%d%m%Y}"
        day += timedelta(days=1)


def common_passwords() -> list[str]:
    """Return the whole list, sorted, each once."""
    return sorted({password.casefold() for source in (words(), walks(), digits()) for password in source})


def main() -> None:
    """Write the file."""
    found = common_passwords()
    if len(found) < _ASKED:
        raise SystemExit(f"only {len(found)} passwords: add words")
    FILE.write_text("\n".join(found) + "\n", "utf-8")
    print(f"{FILE.name}: {len(found)} passwords")


if __name__ == "__main__":
    main()
