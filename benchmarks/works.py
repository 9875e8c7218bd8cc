"""What is measured: from which template it starts, which figures are compared, and what the goals are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.engines import Engine
from benchmarks.jobs import Job, run

RATE = "per second"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of both sides to compare.

    `most` and `least` are goals for ours divided by the floor, `within` one for ours alone, in the figure's unit.
    """

    name: str
    unit: str = "s"
    most: float | None = None
    least: float | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work and its floor. `floor` may be missing: then the figure stands for itself."""

    name: str
    title: str
    ours: str
    floor: str | None
    template: str
    floor_template: str
    figures: Sequence[Figure]
    clients: int = 1
    most_mb: float | None = None


_SERVED = (Figure(RATE, "/s", least=0.5), Figure("median ms", "ms"), Figure("p99 ms", "ms", most=2))

WORKS = (
    Work(
        "import",
        "registry",
        "imports:ours",
        "imports:floor",
        "with_file",
        "with_file",
        (Figure("take in"), Figure("confirm"), Figure("take in and confirm", most=4)),
    ),
    Work(
        "freeze",
        "quarter",
        "rosters:ours",
        "rosters:floor",
        "children",
        "sources",
        (Figure("freeze", most=2), Figure("allot", most=2), Figure("freeze and allot", most=2)),
        most_mb=200,
    ),
    Work(
        "ration",
        "quarter, sets for 3 of 5",
        "rosters:short",
        "rosters:floor",
        "children",
        "sources",
        (Figure("freeze", most=2), Figure("allot", most=2), Figure("freeze and allot", most=2)),
        most_mb=200,
    ),
    Work(
        "publish",
        "publication, and its check by the public",
        "publications:ours",
        "publications:floor",
        "approved",
        "approved",
        (Figure("publish"), Figure("check"), Figure("peak of the check", "MB", within=200)),
        most_mb=200,
    ),
    Work(
        "find-leads",
        "leads",
        "leads:ours",
        "leads:floor",
        "named",
        "named",
        (Figure("search"), Figure("search again"), Figure("leads", "leads")),
        most_mb=200,
    ),
    Work(
        "vouchers",
        "vouchers",
        "vouchers:ours",
        "vouchers:floor",
        "approved",
        "approved_and_texts",
        (
            Figure("issue"),
            Figure("print"),
            Figure("size of the files", "MB"),
            Figure("vouchers read", "%"),
            Figure("issue and print", most=1.25),
        ),
        most_mb=200,
    ),
    Work(
        "tokens",
        "voucher in a browser slowed four times",
        "tokens:ours",
        "tokens:floor",
        "operators",
        "operators",
        (
            Figure("decode, median", "ms"),
            Figure("verify, median", "ms"),
            Figure("frame to claims, median", "ms", most=1.5),
            Figure("frame to claims, p95", "ms", within=500),
        ),
    ),
    Work(
        "manifest",
        "list of 2,000 families",
        "manifests:ours",
        "manifests:floor",
        "operators",
        "operators",
        (
            Figure("open and list", within=2),
            Figure("list anew", most=3),
            Figure("size", "kB", within=400),
            Figure("size, compressed", "kB"),
            Figure("longest row", "B", within=200),
        ),
    ),
    Work("hand-overs", "bare commit", "hand_overs:bare_commit", None, "operators", "operators", (Figure(RATE, "/s"),)),
    Work("hand-overs", "hand-over, 1 client", "hand_overs:ours", "hand_overs:floor", "operators", "operators", _SERVED),
    Work(
        "hand-overs",
        "hand-over, 8 clients",
        "hand_overs:ours",
        "hand_overs:floor",
        "operators",
        "operators",
        _SERVED,
        clients=8,
    ),
    Work(
        "hand-overs",
        "hand-over, 32 clients",
        "hand_overs:ours",
        "hand_overs:floor",
        "operators",
        "operators",
        _SERVED,
        clients=32,
    ),
    Work("post", "ledger", "stock:post", "stock_floors:post", "places", "places", (Figure("post", most=3),)),
    Work(
        "stock",
        "stock",
        "stock:reads",
        "stock_floors:reads",
        "stock",
        "stock",
        (
            Figure("stock list: first page", most=3),
            Figure("stock list: page 100", most=3),
            Figure("stock list: by expiry", most=3),
            Figure("stock list: searched", most=3),
            Figure("stock list: one place", most=3),
            Figure("open 1,231 lines"),
            Figure("a past day", most=5),
            Figure("recall trace", within=1),
            Figure("prove balances", most=2),
            Figure("verify", within=10),
        ),
    ),
    Work(
        "stock",
        "stock",
        "stock:writes",
        "stock_floors:writes",
        "stock",
        "stock",
        (Figure("close 923 lines"), Figure("late entry"), Figure("entry of now")),
    ),
)


class Templates:
    """Fills the databases that measurements start from, each once and only when it is needed."""

    def __init__(self, engine: Engine, job: Job, *, warm: bool = False) -> None:
        self._engine = engine
        self._warm = warm
        self._job = replace(job, folder=str(engine.folder))
        self._made: set[str] = set()

    def need(self, name: str) -> str:
        """Make sure that a template exists; return the name under which it does."""
        if name == "with_file":
            self._once("with_file", ("imports:write_file", "imports:dump"), self.need("empty"))
            return "empty"
        if name == "approved_and_texts":
            self.need("issued")
            return self.need("approved")
        steps = {
            "empty": ("world:fill_empty", None),
            "children": ("world:fill_children", "empty"),
            "named": ("leads:fill_named", "children"),
            "sources": ("rosters:fill_sources", "children"),
            "approved": ("rosters:fill_approved", "children"),
            "issued": ("vouchers:fill_issued", "approved"),
            "operators": ("hand_overs:fill_operators", "issued"),
            "places": ("stock_world:fill_places", "empty"),
            "stock": ("stock_world:fill_stock", "places"),
        }
        target, parent = steps[name]
        if name not in self._made:
            source = self.need(parent) if parent else None
            self._engine.template(name, lambda url: self._do(target, url), source)
            self._made.add(name)
        return name

    def _once(self, name: str, targets: Sequence[str], template: str) -> None:
        """Do something that leaves files behind, on copies of a template."""
        if name not in self._made:
            for target in targets:
                with self._engine.copy(template) as url:
                    self._do(target, url)
            self._made.add(name)

    def _do(self, target: str, url: str) -> None:
        run(replace(self._job, target=f"benchmarks.{target}", url=url), warm=self._warm)
