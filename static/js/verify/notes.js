// Signed notes, the keys that sign them, and checkpoints (signed-note, tlog-checkpoint, tlog-cosignature).

import { isKey, verify } from "./ed25519.js";
import { NotVerified, base64, decimal, encode, hex, same, shown, textOf } from "./strict.js";
import { joined, sha256 } from "./tree.js";

export const LOG = 1, COSIGNER = 4, COSIGNER_MLDSA = 6;
const KEY_SIZE = { [LOG]: 32, [COSIGNER]: 32, [COSIGNER_MLDSA]: 1312 };
const SIGNATURE_SIZE = { [LOG]: 64, [COSIGNER]: 72 };
const LARGEST_NOTE = 256 * 1024, MOST_SIGNATURES = 64;
const DASH = "\u2014 ";
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

const isName = (text) => text !== "" && !text.includes("+") && !/[\s\u0000-\u001f\u0085\ud800-\udfff]/u.test(text);

/** The key that `text` spells as a vkey; keys that must never sign are refused. */
export async function key(text) {
  const [, name, id, rest] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  if (name === undefined || !isName(name)) throw new NotVerified("policy", `bukan kunci: ${shown(text)}`);
  const raw = base64(rest);
  const [kind, bytes] = [raw[0], raw.subarray(1)];
  if (bytes.length !== KEY_SIZE[kind]) throw new NotVerified("policy", `jenis kunci tidak dikenal: ${shown(name)}`);
  const number = hex((await sha256(joined([encode(`${name}\n`), raw]))).subarray(0, 4));
  if (number !== id) throw new NotVerified("policy", `nomor kunci ${shown(name)} seharusnya ${number}`);
  if (kind !== COSIGNER_MLDSA && !isKey(bytes)) throw new NotVerified("policy", `kunci ${shown(name)} cacat`);
  return { name, kind, number, bytes, text };
}

/** The note that `raw` spells: its text and its signature lines. Nothing is verified yet. */
export function note(raw) {
  const whole = raw.length <= LARGEST_NOTE ? textOf(raw) : "";
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || CONTROL.test(whole) || !whole.endsWith("\n") || gap + 2 >= whole.length) throw new NotVerified("spelling", "bukan catatan bertanda tangan");
  const lines = whole.slice(gap + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new NotVerified("spelling", "terlalu banyak tanda tangan");
  return { text: whole.slice(0, gap + 1), lines: lines.map(line) };
}

function line(text) {
  const [, name, signature] = /^\u2014 ([^ ]+) (.*)$/s.exec(text) ?? [];
  if (!text.startsWith(DASH) || !name || !isName(name)) throw new NotVerified("spelling", `bukan baris tanda tangan: ${shown(text)}`);
  const raw = base64(signature);
  if (raw.length < 5) throw new NotVerified("spelling", `tanda tangan ${shown(name)} terlalu pendek`);
  return { name, number: hex(raw.subarray(0, 4)), signature: raw.subarray(4) };
}

/** The checkpoint that the text of a note spells: three lines, no more. */
export async function checkpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] || !lines[0]) throw new NotVerified("spelling", "titik catatan bukan tiga baris");
  const found = { origin: lines[0], size: decimal(lines[1]), root: base64(lines[2], 32) };
  if (found.size === 0n && !same(found.root, await sha256(new Uint8Array()))) throw new NotVerified("spelling", "catatan kosong dengan akar lain");
  return found;
}

/** What `signer` signs of the note `text`; `time` is the cosigner's own. */
export const signedBytes = (signer, text, time) => encode(signer.kind === LOG ? text : `cosignature/v1\ntime ${time}\n${text}`);

/**
 * Who of `keys` signed the note: a map from key to the time each gave (0 for a log).
 *
 * Unknown signers are passed over, and so are cosignatures of the kind ML-DSA, which no browser checks: they do not
 * count. A signature of a known key that does not verify is an error.
 */
export async function signers(found, keys) {
  const valid = new Map();
  for (const one of found.lines) {
    const signer = keys.find((known) => known.name === one.name && known.number === one.number);
    if (!signer || signer.kind === COSIGNER_MLDSA) continue;
    const time = await verifiedTime(signer, found.text, one.signature);
    if (time === null) throw new NotVerified("signature", `tanda tangan ${shown(signer.name)} tidak sah`);
    valid.set(signer, Math.max(time, valid.get(signer) ?? 0));
  }
  return valid;
}

async function verifiedTime(signer, text, raw) {
  if (raw.length !== SIGNATURE_SIZE[signer.kind]) return null;
  const time = signer.kind === LOG ? 0n : BigInt(`0x${hex(raw.subarray(0, 8))}`);
  if (time > 2n ** 63n - 1n) return null;
  const good = await verify(signer.bytes, signedBytes(signer, text, time), raw.subarray(-64));
  return good ? Number(time) : null;
}
