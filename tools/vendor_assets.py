"""Bring fonts, icons and the barcode reader into `static/vendor`, so that running needs no Node and no foreign host.

    python -m tools.vendor_assets           install the pinned packages into a temporary folder and copy what is used
    python -m tools.vendor_assets --check   prove that the files still are what the manifest says

Versions stand in package.json and package-lock.json (npm checks the digests of the packages); what was copied, with
versions, licences and SHA-256 sums, stands in `static/vendor/manifest.json`.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.drawn_icons import DRAWN

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "icons.svg"
KAZAKH = "ӘҒҚҢӨҰҮҺІәғқңөұүһі₸№«»–"

INTER, SANS, SERIF = "@fontsource-variable/inter", "@expo-google-fonts/noto-sans", "@expo-google-fonts/noto-serif"
ICONS, READER = "@tabler/icons", "zxing-wasm"
DATABASE, CBOR, HPKE, ED25519 = "idb", "cborg", "@hpke/core", "@noble/ed25519"

COPIES = {
    INTER: {
        "LICENSE": "inter/LICENSE",
        **{
            f"files/inter-{subset}-wght-normal.woff2": f"inter/inter-{subset}-wght-normal.woff2"
            for subset in ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
        },
    },
    SANS: {
        "LICENSE_FONT": "noto/LICENSE-NotoSans",
        "400Regular/NotoSans_400Regular.ttf": "noto/NotoSans-Regular.ttf",
        "700Bold/NotoSans_700Bold.ttf": "noto/NotoSans-Bold.ttf",
    },
    SERIF: {
        "LICENSE_FONT": "noto/LICENSE-NotoSerif",
        "400Regular/NotoSerif_400Regular.ttf": "noto/NotoSerif-Regular.ttf",
        "700Bold/NotoSerif_700Bold.ttf": "noto/NotoSerif-Bold.ttf",
    },
    ICONS: {"LICENSE": "tabler/LICENSE"},
    READER: {
        "LICENSE": "zxing/LICENSE",
        "dist/es/reader/index.js": "zxing/reader/index.js",
        "dist/es/share.js": "zxing/share.js",
        "dist/reader/zxing_reader.wasm": "zxing/zxing_reader.wasm",
    },
    DATABASE: {"LICENSE": "idb/LICENSE"},
    CBOR: {"LICENSE": "cborg/LICENSE"},
    HPKE: {"LICENSE": "hpke/LICENSE"},
    ED25519: {"LICENSE": "ed25519/LICENSE"},
}
BUNDLES = {DATABASE: "idb/index.js", CBOR: "cborg/index.js", HPKE: "hpke/index.js", ED25519: "ed25519/index.js"}
"""Packages of several modules that become one file each, since a browser finds no package by its name."""

LICENCES = {
    INTER: "OFL-1.1",
    SANS: "OFL-1.1",
    SERIF: "OFL-1.1",
    ICONS: "MIT",
    READER: "MIT",
    DATABASE: "ISC",
    CBOR: "Apache-2.0",
    HPKE: "MIT",
    ED25519: "MIT",
}

# The reader would fetch its WebAssembly from a foreign host unless told otherwise; here it lies beside the module.
FOREIGN = re.compile(r"`https://[^`]*/\$\{n\[1\]\}/\$\{e\}`")
LOCAL = "new URL(e, import.meta.url).href"
TYPES = 'export * from "zxing-wasm/reader";\n'

USED_ICONS = (
    "adjustments-horizontal alert-octagon alert-triangle arrow-back-up arrow-right arrows-sort ban barcode bell "
    "book-2 building building-warehouse bulb bulb-off calendar camera camera-rotate chart-bar chart-line check "
    "checklist chevron-down chevron-left chevron-right chevron-up clipboard-check clipboard-list clock cloud "
    "cloud-off cloud-upload columns-3 copy device-mobile device-mobile-check device-mobile-off download eye file "
    "file-export file-import file-spreadsheet file-text filter gift hand-finger hand-stop heart-handshake help "
    "history home id-badge-2 info-circle key keyboard language layout-dashboard list-details lock lock-open login "
    "logout mail map map-pin menu-2 moon-off package packages pencil phone player-pause player-play plus printer "
    "qrcode receipt refresh scan search settings shield-lock sort-ascending sort-descending ticket transfer trash "
    "truck truck-delivery truck-loading upload user user-check user-plus users users-group volume volume-off wifi "
    "wifi-off x zoom-in zoom-out"
).split()


class VendorError(Exception):
    """What was brought in is not what was asked for."""


def fetch(folder: Path) -> Path:
    """Install the pinned packages into `folder`, without running any of their scripts; return their folder."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is needed to bring assets in (never to run Toptama)."
        raise VendorError(message)
    command = [npm, "install", "--no-save", "--ignore-scripts", "--omit=dev"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def copy(packages: Path) -> None:
    """Copy the files that are used, and turn the reader's foreign address into ours."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, files in COPIES.items():
        for source, target in files.items():
            (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / package / source, VENDOR / target)
    share = VENDOR / "zxing" / "share.js"
    text, count = FOREIGN.subn(LOCAL, share.read_text(encoding="utf-8"))
    if count != 1 or "https://" in text:
        message = "zxing-wasm now locates its WebAssembly in another way: look at share.js."
        raise VendorError(message)
    share.write_text(text, encoding="utf-8")
    (VENDOR / "zxing" / "reader" / "index.d.ts").write_text(TYPES, encoding="utf-8")
    for name in ("zxing_reader.wasm", "reader/index.js", "share.js"):
        plain = VENDOR / "zxing" / name
        plain.with_name(f"{plain.name}.gz").write_bytes(gzip.compress(plain.read_bytes(), 9, mtime=0))


def bundle(packages: Path) -> None:
    """Make one module of each package that browsers cannot load as it comes; types come from the package itself."""
    for package, target in BUNDLES.items():
        made = VENDOR / target
        made.parent.mkdir(parents=True, exist_ok=True)
        entry = packages.parent / f"{made.parent.name}.js"
        entry.write_text(f'export * from "{package}";\n', encoding="utf-8")
        command = [packages / ".bin" / "esbuild", entry, "--bundle", "--format=esm", "--target=es2022", "--minify"]
        subprocess.run([*map(str, command), "--legal-comments=none", f"--outfile={made}"], check=True)
        made.with_suffix(".d.ts").write_text(f'export * from "{package}";\n', encoding="utf-8")


def write_sprite(packages: Path) -> None:
    """Write one file with all drawings: those of the icon set that are used, and our own status marks."""
    symbols = []
    for name in USED_ICONS:
        svg = (packages / ICONS / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        body = " ".join(re.sub(r'<path stroke="none"[^>]*/>', "", body).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    symbols += [f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in DRAWN.items()]
    head = "<!-- Icons: Tabler Icons (MIT, see vendor/tabler/LICENSE). status-* and verdict-*: drawn for Toptama. -->"
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + head + "\n" + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8"
    )


def missing_letters(font: Path, letters: str = KAZAKH) -> str:
    """Return those letters that a TrueType font lacks, read from its cmap (format 4)."""
    data = font.read_bytes()

    def number(at: int, size: int = 2) -> int:
        return int.from_bytes(data[at : at + size], "big")

    tables = {data[12 + 16 * i : 16 + 16 * i]: number(20 + 16 * i, 4) for i in range(number(4))}
    start = tables[b"cmap"]
    subtables = [start + number(start + 8 + 8 * i, 4) for i in range(number(start + 2))]
    at = next(place for place in subtables if number(place) == 4)  # noqa: PLR2004 - the format's own number
    pairs = number(at + 6) // 2
    ends = [number(at + 14 + 2 * i) for i in range(pairs)]
    starts = [number(at + 16 + 2 * pairs + 2 * i) for i in range(pairs)]
    return "".join(
        sign for sign in letters if not any(low <= ord(sign) <= high for low, high in zip(starts, ends, strict=True))
    )


def digests() -> dict[str, str]:
    """Return the SHA-256 sum of every vendored file but the manifest."""
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path.name != "manifest.json"]
    sums = {path.relative_to(VENDOR.parent).as_posix(): path.read_bytes() for path in [*files, SPRITE]}
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(sums.items())}


def write_manifest(packages: Path) -> None:
    """Write down where everything is from: package, version, licence, files, sums."""
    sources = []
    for package, files in COPIES.items():
        described = json.loads((packages / package / "package.json").read_text(encoding="utf-8"))
        sources.append(
            {
                "package": package,
                "version": described["version"],
                "licence": LICENCES[package],
                "files": sorted([*files.values(), *filter(None, [BUNDLES.get(package)])]),
            }
        )
    manifest = {"packages": sources, "sha256": digests()}
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (VENDOR / "manifest.json").write_text(written, encoding="utf-8")


def check() -> list[str]:
    """Return what is not as the manifest says; nothing when all is well."""
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    expected, found = manifest["sha256"], digests()
    wrong = [name for name in sorted(expected.keys() | found.keys()) if expected.get(name) != found.get(name)]
    faults = [f"{name}: not the file of the manifest" for name in wrong]
    for font in sorted((VENDOR / "noto").glob("*.ttf")):
        lacking = missing_letters(font)
        if lacking:
            faults.append(f"{font.name}: lacks {lacking}")
    return faults


def main(arguments: list[str] | None = None) -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare the files with the manifest")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        with tempfile.TemporaryDirectory() as folder:
            packages = fetch(Path(folder))
            copy(packages)
            bundle(packages)
            write_sprite(packages)
            write_manifest(packages)
    faults = check()
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
