"""Check a published quarter: python3 check_quarter.py FOLDER [ROOT]

FOLDER holds roster.csv, draw.csv, dropped.csv and cycle.json. ROOT is the Merkle root you noted before the draw, if you
did. Nothing but Python 3.9 or newer is needed; a whole country takes minutes, little memory and 1 GB of temporary files.
Exit code: 0 everything is right, 1 something is not, 2 cannot be read.
"""
import hashlib, hmac, heapq, json, re, sqlite3, sys  # noqa: E401
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

FORMS = {
    "roster.csv": ("pseudonym,kato,kit,priority,missed", r"([0-9a-f]{32}),(\d{9}),([A-Z0-9]+),(0|[1-9]\d{,8}),(0|[1-9]\d{,8})"),
    "draw.csv": ("pseudonym,kato,kit,draw,granted", r"([0-9a-f]{32}),(\d{9}),([A-Z0-9]+),([0-9a-f]{64}|),([01])"),
    "dropped.csv": ("pseudonym,kit", r"([0-9a-f]{32}),([A-Z0-9]+)"),
}
RULE = "Sainte-Lague by district; priority, missed, draw by child"
BLOCK = 1 << 14
faults = []


def fault(file, line, words):
    faults.append((file, line, words))


def read(folder, file):
    """Give the rows of a file one by one, with line numbers; every byte has to be as the form says."""
    header, form = FORMS[file]
    form, whole, size, number, line = re.compile(form, re.ASCII), hashlib.sha256(), 0, 0, "\n"
    with (folder / file).open("rb") as lines:
        for number, data in enumerate(lines, 1):
            whole.update(data)
            size, line = size + len(data), data.decode("utf-8", "replace")
            match = form.fullmatch(line[:-1])
            if number == 1 and line != header + "\n":
                fault(file, 1, f"the first line is not {header}")
            elif number > 1:
                if not match or line[-1] != "\n":
                    fault(file, number, f"not a line of this file: {line[:80]!r}")
                yield number, match.groups() if match else ("",) * form.groups
    if not number or line[-1] != "\n":
        fault(file, number, "the last line does not end")
    print(f"  {file}: {size} bytes, SHA-256 {whole.hexdigest()}")


def leaf(line):
    return hashlib.sha256(b"\0" + line.encode()).digest()


def merkle(nodes):
    """RFC 6962: a leaf is SHA-256(00 + line), a node SHA-256(01 + left + right); an odd last one goes up as it is."""
    levels = [nodes or [hashlib.sha256().digest()]]
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


def find_changed(store, levels, root):
    """Name the one line whose last two numbers must have been others: what draw.csv does not repeat."""
    for place, row in enumerate(store.execute("SELECT pseudonym, kato, kit, priority, -missed FROM line ORDER BY rowid")):
        for numbers in {(p, row[4]) for p in range(10)} | {(row[3], m) for m in range(10)}:
            if root_with(levels, place, "|".join([*row[:3], *map(str, numbers)])) == root:
                words = f"changed: the published line ends with {numbers[0]},{numbers[1]}"
                return fault("roster.csv", place + 2, words)


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


def check_roster(folder, cycle, store):
    """Check order, counts and root line by line; store the lines with their lots; give the need by kit and district."""
    need, tops, leaves, before, seed = defaultdict(Counter), [], [], "", cycle["seed"]

    def rows():
        nonlocal before, leaves
        for number, row in read(folder, "roster.csv"):
            pseudonym, kato, kit, priority, missed = row
            line, lot = "|".join(row), ""
            if before >= line:
                fault("roster.csv", number, "not in order, or twice")
            before = line
            leaves.append(leaf(line))
            if len(leaves) == BLOCK:  # a full block is a tree of its own, whatever comes after it
                tops.append(merkle(leaves)[-1][0])
                leaves = []
            need[kit][kato] += 1
            if seed is not None:
                lot = hmac.digest(seed.encode(), f"{pseudonym}|{kit}".encode(), "sha256").hex()
            yield kit, kato, int(priority or 0), -int(missed or 0), lot, pseudonym

    store.execute("CREATE TABLE line (kit, kato, priority, missed, lot, pseudonym)")
    store.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", rows())
    needed = {kit: sum(districts.values()) for kit, districts in need.items()}
    if needed != cycle["need"]:
        fault("cycle.json", 0, f"need: the roster needs {dict(sorted(needed.items()))}")
    levels = merkle(tops + [merkle(leaves)[-1][0]] if leaves or not tops else tops)
    if levels[-1][0].hex() != cycle["merkle_root"]:
        told = f"before the draw {cycle['merkle_root']} was published"
        fault("roster.csv", 0, f"its lines give the root {levels[-1][0].hex()}; {told}")
        if not tops:
            find_changed(store, merkle(leaves), cycle["merkle_root"])
    return need


def check_draw(folder, cycle, store, need):
    """Put the roster into its order, grant it, and compare line by line."""
    gone = {}
    for number, row in read(folder, "dropped.csv"):
        if gone and next(reversed(gone)) >= row:
            fault("dropped.csv", number, "not in order, or twice")
        gone[row] = number
    left = {kit: quotas(cycle["supply"][kit], dict(sorted(of_kit.items()))) for kit, of_kit in need.items()}
    for kit, of_kit in need.items():
        if cycle["seed"] is None and cycle["supply"][kit] < sum(of_kit.values()):
            fault("cycle.json", 0, f"{kit} is short, and there is no seed")
    ordered = store.execute("SELECT * FROM line ORDER BY kit, kato, priority, missed, lot, pseudonym")
    wrong = lines = 0
    for place, (line, drawn) in enumerate(zip_longest(ordered, read(folder, "draw.csv")), 2):
        if line is None:
            fault("draw.csv", place, "more lines than the roster has")
            break
        kit, kato, _, _, lot, pseudonym = line
        dropped = gone.pop((pseudonym, kit), None)
        granted = left[kit][kato] > 0 and dropped is None
        left[kit][kato] -= granted
        expected, lines = (pseudonym, kato, kit, lot, str(int(granted))), lines + 1
        if drawn != (place, expected):
            wrong += 1
            if wrong <= 20:
                fault("draw.csv", place, f"expected {','.join(expected)}")
    if wrong > 20:
        fault("draw.csv", 0, f"{wrong} of {lines} lines are not as expected; is the seed in cycle.json changed?")
    for number in gone.values():
        fault("dropped.csv", number, "nobody on the roster")


def main(folder, root=None):
    cycle = json.loads((folder / "cycle.json").read_text("utf-8"))
    print(f"{cycle['quarter']}, roster {cycle['roster']}")
    drawn = (folder / "draw.csv").exists() or cycle["seed"] is not None
    for file in FORMS if drawn else ("roster.csv",):
        if not (folder / file).exists():
            print(f"CANNOT BE READ: {file} is not in this folder. Save all four files into it.")
            return 2
    if root and root != cycle["merkle_root"]:
        fault("cycle.json", 0, f"merkle_root is not the one you noted: {root}")
    if cycle["rule"] != RULE:
        fault("cycle.json", 0, f"the rule is not: {RULE}")
    store = sqlite3.connect("")  # a temporary file that vanishes by itself
    need = check_roster(folder, cycle, store)
    if drawn:
        check_draw(folder, cycle, store, need)
    else:
        print("  There is no draw yet: only the roster and its root were checked.")
    store.close()
    for file, line, words in faults[:1000]:
        print(f"WRONG {file}{f', line {line}' if line else ''}: {words}")
    lines = sum(sum(of_kit.values()) for of_kit in need.values())
    print("WRONG" if faults else f"RIGHT: {lines} lines. Compare the SHA-256 with those on the page of the quarter.")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "."), *sys.argv[2:3]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as error:
        print(f"CANNOT BE READ: {type(error).__name__}: {error}")
        sys.exit(2)
