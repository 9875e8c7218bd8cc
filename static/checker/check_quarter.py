"""Check a published quarter: python3 check_quarter.py FOLDER [ROOT]

FOLDER holds roster.csv, draw.csv, dropped.csv and cycle.json. ROOT is the Merkle root you noted before the draw, if you
did. Nothing but Python 3.9 or newer is needed. Exit code: 0 everything is right, 1 something is not, 2 cannot be read.
"""
import hashlib, hmac, heapq, json, re, sys  # noqa: E401
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

FORMS = {
    "roster.csv": ("pseudonym,kato,kit,priority,missed", r"([0-9a-f]{32}),(\d{9}),([A-Z0-9]+),(0|[1-9]\d*),(0|[1-9]\d*)"),
    "draw.csv": ("pseudonym,kato,kit,draw,granted", r"([0-9a-f]{32}),(\d{9}),([A-Z0-9]+),([0-9a-f]{64}|),([01])"),
    "dropped.csv": ("pseudonym,kit", r"([0-9a-f]{32}),([A-Z0-9]+)"),
}
RULE = "Sainte-Lague by district; priority, missed, draw by child"
faults = []


def fault(file, line, words):
    faults.append((file, line, words))


def read(folder, file):
    """Give the rows of a file by line number; every byte has to be as the form says."""
    header, form = FORMS[file]
    data = (folder / file).read_bytes()
    print(f"  {file}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")
    lines = data.decode("utf-8", "replace").split("\n")
    if lines.pop() != "":
        fault(file, len(lines) + 1, "the last line does not end")
    if lines[:1] != [header]:
        fault(file, 1, f"the first line is not {header}")
    rows, form = {}, re.compile(form, re.ASCII)
    for number, line in enumerate(lines[1:], 2):
        match = form.fullmatch(line)
        if match:
            rows[number] = match.groups()
        else:
            fault(file, number, f"not a line of this file: {line[:80]!r}")
    return rows


def leaf(line):
    return hashlib.sha256(b"\0" + line.encode()).digest()


def merkle(lines):
    """RFC 6962: a leaf is SHA-256(00 + line), a node SHA-256(01 + left + right); an odd last one goes up as it is."""
    levels = [[leaf(line) for line in lines] or [hashlib.sha256().digest()]]
    while len(levels[-1]) > 1:
        low = levels[-1]
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(low[::2], low[1::2])]
        levels.append(pairs + low[len(low) // 2 * 2 :])
    return levels


def root_with(levels, place, line):
    """Give the root that the tree would have if this line stood at a place."""
    node = leaf(line)
    for low in levels[:-1]:
        if place ^ 1 < len(low):
            other = low[place ^ 1]
            node = hashlib.sha256(b"\1" + (other + node if place & 1 else node + other)).digest()
        place //= 2
    return node.hex()


def find_changed(roster, levels, root):
    """Name the one line whose last two numbers must have been others: what draw.csv does not repeat."""
    for place, (number, row) in enumerate(roster.items() if len(roster) <= 20000 else ()):
        for numbers in {(p, row[4]) for p in range(10)} | {(row[3], m) for m in range(10)}:
            if root_with(levels, place, "|".join([*row[:3], *map(str, numbers)])) == root:
                return fault("roster.csv", number, f"changed: the published line ends with {numbers[0]},{numbers[1]}")


def quotas(supply, need):
    """The supply goes to the smallest (2k + 1) / need, ties to the smaller code. A start that is surely given is counted."""
    total, sure = sum(need.values()), max(0, supply - len(need))
    if supply >= total:
        return dict(need)
    given = {kato: (2 * sure * n + total) // (2 * total) for kato, n in need.items()}
    heap = [(Fraction(2 * given[kato] + 1, n), kato) for kato, n in need.items()]
    heapq.heapify(heap)
    for _ in range(supply - sum(given.values())):
        kato = heapq.heappop(heap)[1]
        given[kato] += 1
        heapq.heappush(heap, (Fraction(2 * given[kato] + 1, need[kato]), kato))
    return given


def check_roster(roster, cycle):
    lines = ["|".join(row) for row in roster.values()]
    for number, before, line in zip(list(roster)[1:], lines, lines[1:]):
        if before >= line:
            fault("roster.csv", number, "not in order, or twice")
    need = Counter(row[2] for row in roster.values())
    if need != cycle["need"]:
        fault("cycle.json", 0, f"need: the roster needs {dict(sorted(need.items()))}")
    levels, root = merkle(lines), cycle["merkle_root"]
    if levels[-1][0].hex() != root:
        fault("roster.csv", 0, f"its lines give the root {levels[-1][0].hex()}; before the draw {root} was published")
        find_changed(roster, levels, root)


def check_draw(roster, draw, dropped, cycle):
    """Put the roster into its order, grant it, and compare line by line."""
    seed, lots = cycle["seed"], {}
    for pseudonym, _, kit, _, _ in roster.values():
        told = f"{pseudonym}|{kit}".encode()
        lots[pseudonym, kit] = "" if seed is None else hmac.new(seed.encode(), told, "sha256").hexdigest()
    gone = {row: number for number, row in dropped.items()}
    for row, number in gone.items():
        if row not in lots:
            fault("dropped.csv", number, "nobody on the roster")
    if list(dropped.values()) != sorted(gone):
        fault("dropped.csv", 0, "not in order, or a line twice")
    groups = defaultdict(list)
    for pseudonym, kato, kit, priority, missed in roster.values():
        groups[kit, kato].append((int(priority), -int(missed), lots[pseudonym, kit], pseudonym))
    expected = []
    for kit in sorted({kit for kit, _ in groups}):
        need = {kato: len(group) for (code, kato), group in sorted(groups.items()) if code == kit}
        supply = cycle["supply"][kit]
        if seed is None and supply < sum(need.values()):
            fault("cycle.json", 0, f"{kit} is short, and there is no seed")
        for kato, left in quotas(supply, need).items():
            for _, _, lot, pseudonym in sorted(groups[kit, kato]):
                granted = left > 0 and (pseudonym, kit) not in gone
                left -= granted
                expected.append((pseudonym, kato, kit, lot, str(int(granted))))
    compare(expected, draw)


def compare(expected, draw):
    wrong = 0
    for place, row in enumerate(expected):
        if draw.get(place + 2) != row:
            wrong += 1
            if wrong <= 20:
                fault("draw.csv", place + 2, f"expected {','.join(row)}")
    if wrong > 20:
        fault("draw.csv", 0, f"{wrong} of {len(expected)} lines are not as expected; is the seed in cycle.json changed?")
    if len(draw) > len(expected):
        fault("draw.csv", len(expected) + 2, "more lines than the roster has")


def main(folder, root=None):
    cycle = json.loads((folder / "cycle.json").read_text("utf-8"))
    print(f"{cycle['quarter']}, roster {cycle['roster']}")
    if root and root != cycle["merkle_root"]:
        fault("cycle.json", 0, f"merkle_root is not the one you noted: {root}")
    if cycle["rule"] != RULE:
        fault("cycle.json", 0, f"the rule is not: {RULE}")
    roster = read(folder, "roster.csv")
    check_roster(roster, cycle)
    if (folder / "draw.csv").exists() or cycle["seed"] is not None:
        check_draw(roster, read(folder, "draw.csv"), read(folder, "dropped.csv"), cycle)
    else:
        print("  There is no draw yet: only the roster and its root were checked.")
    for file, line, words in faults:
        print(f"WRONG {file}{f', line {line}' if line else ''}: {words}")
    print("WRONG" if faults else f"RIGHT: {len(roster)} lines. Compare the SHA-256 with those on the page of the quarter.")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "."), *sys.argv[2:3]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"CANNOT BE READ: {type(error).__name__}: {error}")
        sys.exit(2)
