"""A real browser answers every voucher of the shared vectors as the server does, also one without Ed25519."""

import json

import pytest
from playwright.sync_api import Browser

from tests.support.modules import WITHOUT_ED25519, module_page
from tests.support.voucher_vectors import FILE

_JUDGE = """async (told) => {
  const { fromBase64, fromHex, toBase64, toHex } = await import("/js/offline/bytes.js");
  const { fromBase45, readVoucher } = await import("/js/offline/tokens.js");
  const { isSigned, toSign } = await import("/js/offline/cose.js");
  const { keysFor, mayReplace, readKeySet } = await import("/js/offline/key_set.js");
  const lists = await import("/js/offline/status_list.js");
  const said = {};
  const root = fromHex(told.root);
  const set = await readKeySet(fromHex(told.key_set), root);
  const keys = keysFor(set, "voucher", { at: told.at });
  said.tokens = [];
  for (const { text } of told.tokens) {
    const { answer, claims } = await readVoucher(text, keys);
    said.tokens.push([answer, claims && { ...claims, secret: toHex(claims.secret) }]);
  }
  const withdrawn = [keys[1].print];
  said.withdrawn = (await readVoucher(told.tokens[0].text, keysFor(set, "voucher", { at: told.at, withdrawn }))).answer;
  const list = await lists.readStatusList(fromHex(told.status_list), keysFor(set, "status", { at: told.at }));
  said.states = told.states.map((_, idx) => lists.stateOf(list, idx));
  const older = { ...list, issued: list.issued - 1 };
  said.order = [lists.mayReplace(older, list), lists.mayReplace(list, older), lists.mayReplace(null, list)];
  said.versions = [mayReplace(set, { ...set, version: 2 }), mayReplace(set, set), mayReplace(null, set)];
  said.refused = [
    await readKeySet(fromHex(told.key_set), keys[0].key),
    await readKeySet(fromHex(told.key_set).slice(0, -1), root),
    await lists.readStatusList(fromHex(told.status_list), keys),
    await lists.readStatusList(fromHex(told.status_list).slice(1), keysFor(set, "status", { at: told.at })),
  ];
  const { base45, cose, status_lists } = told.published;
  said.base45 = Object.values(base45.right).map((text) => new TextDecoder().decode(fromBase45(text)));
  said.broken = base45.broken.map((text) => fromBase45(text));
  said.cose = [];
  for (const one of cose) {
    const [head, payload, signature] = [one.protected, one.payload, one.signature].map(fromHex);
    const parts = { protected: head, payload, signature };
    const right = await isSigned(parts, one.alg, fromHex(one.key));
    said.cose.push([toHex(toSign(parts.protected, parts.payload)), right]);
  }
  said.inflated = [];
  for (const { lst } of status_lists) {
    said.inflated.push(toHex(await lists.inflate(fromHex(lst))));
  }
  said.bytes = ["", "00", "ff", "fbff", "000102", "fffefdfc"].map((hex) => toHex(fromBase64(toBase64(fromHex(hex)))));
  said.odd = ["A", "AB=", "AC", "A B", "ä"].map((text) => {
    try { return toHex(fromBase64(text)); } catch { return "refused"; }
  });
  const raw = fromHex(cose.at(-1).key);
  const importing = crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  said.own = await importing.then(() => true, () => false);
  said.forced = window.refusedKeys ?? 0;
  return said;
}"""


@pytest.mark.parametrize("before", ["", WITHOUT_ED25519], ids=["webcrypto", "without_ed25519"])
def test_sec_44_a_browser_answers_every_vector_as_the_server_does(browser: Browser, before: str) -> None:
    told = json.loads(FILE.read_text("utf-8"))
    with module_page(browser, before=before) as page:
        said = page.evaluate(_JUDGE, told)
    names = [one["name"] for one in told["tokens"]]
    wanted = [[one["answer"], one.get("claims")] for one in told["tokens"]]
    assert dict(zip(names, said["tokens"], strict=True)) == dict(zip(names, wanted, strict=True))
    assert said["withdrawn"] == "bad_signature", "the other keys under its id did not sign it"
    words = ["valid", "revoked", "suspended", "handed_over"]
    assert said["states"] == [words[state] for state in told["states"]]
    assert said["order"] == [True, False, True]
    assert said["versions"] == [False, True, True]
    assert said["refused"] == [None] * 4
    published = told["published"]
    assert said["base45"] == list(published["base45"]["right"])
    assert said["broken"] == [None] * len(published["base45"]["broken"])
    assert said["cose"] == [[one["to_sign"], one["right"]] for one in published["cose"]]
    assert said["inflated"] == [one["bytes"] for one in published["status_lists"]]
    assert said["bytes"] == ["", "00", "ff", "fbff", "000102", "fffefdfc"]
    assert said["odd"] == ["refused"] * 5
    assert said["own"] is not bool(before), "the browser verifies by itself, or cannot"
    assert (said["forced"] > 0) is bool(before)
