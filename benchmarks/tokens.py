"""A voucher in a browser on a slow phone: from a frame of the camera to believed claims, against the bare primitives.

Chromium is slowed down four times. A frame is 640 by 480 with the square a little turned. The floor reads the same
frames with the same reader, and verifies the same bytes with a key that stands ready: no base45, no CBOR, no key set.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from PIL import Image
from playwright.sync_api import Page

from benchmarks.jobs import Job, Outcome
from core.qr import encode
from distribution.rules.cose import to_sign
from distribution.rules.key_sets import payload_of, signed_by_root
from distribution.rules.tokens import Claims, opened_token, signed_token
from tests.support.chromium import running_chromium
from tests.support.modules import module_page
from tests.support.voucher_vectors import AT, CYCLE, EXPIRES, KEYS, ROOT, VOUCHER_KEY

_SLOWER = 4
_MOST = 100
_FRAME = (640, 480)

_MEASURE = """async ({ frames, keySet, root, at, ours, key }) => {
  const { fromHex } = await import("/js/offline/bytes.js");
  const { readVoucher } = await import("/js/offline/tokens.js");
  const { keysFor, readKeySet } = await import("/js/offline/key_set.js");
  const { prepareZXingModule, readBarcodes } = await import("/vendor/zxing/reader/index.js");
  prepareZXingModule({ overrides: { locateFile: () => "/vendor/zxing/zxing_reader.wasm" }, fireImmediately: true });
  const keys = keysFor(await readKeySet(fromHex(keySet), fromHex(root)), "voucher", { at });
  const open = () => crypto.subtle.importKey("raw", fromHex(key), { name: "Ed25519" }, false, ["verify"]);
  const ready = ours ? null : await open();
  const canvas = new OffscreenCanvas(640, 480);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const told = [];
  for (const { picture, message, signature } of frames) {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const [bytes, seal] = [fromHex(message), fromHex(signature)];
    const start = performance.now();
    context.drawImage(image, 0, 0);
    const data = context.getImageData(0, 0, 640, 480);
    const [found] = await readBarcodes(data, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
    const read = performance.now();
    const right = ours
      ? (await readVoucher(found.text, keys)).answer === "ok"
      : await crypto.subtle.verify("Ed25519", ready, seal, bytes);
    told.push([read - start, performance.now() - read, right]);
  }
  return told;
}"""


def ours(job: Job) -> Outcome:
    """Read frames and believe vouchers, as the scan page does without a network."""
    return _measured(job, ours=True)


def floor(job: Job) -> Outcome:
    """Read frames and verify signatures, nothing else."""
    return _measured(job, ours=False)


def _measured(job: Job, *, ours: bool) -> Outcome:
    frames = [_frame(number) for number in range(min(_MOST, job.requests))]
    asked = {
        "frames": frames, "ours": ours, "at": AT, "key": VOUCHER_KEY.public_key().public_bytes_raw().hex(),
        "keySet": signed_by_root(payload_of(KEYS), ROOT).hex(), "root": ROOT.public_key().public_bytes_raw().hex(),
    }  # fmt: skip
    with running_chromium() as browser, module_page(browser) as page:
        _slow_down(page)
        page.evaluate(_MEASURE, {**asked, "frames": frames[:5]})
        told = page.evaluate(_MEASURE, asked)
    assert all(right for _, _, right in told)
    return Outcome(sum(read + verified for read, verified, _ in told) / 1000, _facts(told))


def _facts(told: Sequence[tuple[float, float, bool]]) -> Mapping[str, float]:
    whole = [read + verified for read, verified, _ in told]
    return {
        "decode, median": median(read for read, _, _ in told),
        "verify, median": median(verified for _, verified, _ in told),
        "frame to claims, median": median(whole),
        "frame to claims, p95": quantiles(whole, n=20)[-1],
    }


def _slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})


def _frame(number: int) -> Mapping[str, str]:
    claims = Claims(EXPIRES, number.to_bytes(8), CYCLE, 204, 7, number, 0)
    token = signed_token(claims, key_id=KEYS.keys[0].kid, key=VOUCHER_KEY)
    signed = opened_token(token).signed
    picture = Image.new("L", _FRAME, 170)
    square = encode(token).image(5).convert("L")
    turned = square.rotate(number % 13 - 6, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (140, 50))
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return {
        "picture": base64.b64encode(file.getvalue()).decode(),
        "message": to_sign(signed.protected, signed.payload).hex(),
        "signature": signed.signature.hex(),
    }
