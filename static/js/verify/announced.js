// Holds a rows file, a PDF or a printed code against what the record says of an announcement.

import { ANNOUNCEMENT, ATTESTED, REDACTED as REDACTION, fact, hashIn, isObject, numberIn, textIn } from "./facts.js";
import { read as readProof, verify as verifyProof } from "./proofs.js";
import { NotVerified, base64, encode, hex, jsonOf, looseJson, same, shown, unhex } from "./strict.js";
import { each, leafHash, root, sha256 } from "./tree.js";

export const FORMAT = "jabatan-terbuka-announcement-proof-v1";
export const REDACTIONS = "jabatan-terbuka-redactions-v1";
const REDACTED = /^[0-9a-f]{64}$/; // what is left of a row that had to be erased: its leaf hash

/** What the record says of an announcement: `raw` is its proof file. Throws NotVerified. */
export async function recorded(raw, policy) {
  const { at, fields, index, vouched } = await entryOf(raw, ANNOUNCEMENT, policy);
  for (const name of ["number", "digest", "rows_digest"]) textIn(fields, name);
  return { number: fields.number, version: numberIn(fields, "version"), rows: numberIn(fields, "rows"), at, fields, index, vouched, redactions: [] };
}

/** What the record says of a document that was signed outside: `raw` is its proof file. Throws NotVerified. */
export async function recordedDocument(raw, policy) {
  const { at, fields, index, vouched } = await entryOf(raw, ATTESTED, policy);
  for (const name of ["number", "digest"]) textIn(fields, name);
  return { number: fields.number, version: numberIn(fields, "version"), serial: numberIn(fields, "serial"), at, fields, index, vouched };
}

async function entryOf(raw, kind, policy) {
  const proof = looseJson(raw);
  if (!isObject(proof) || proof.format !== FORMAT || typeof proof.entry !== "string" || typeof proof.proof !== "string") throw new NotVerified("spelling", "bukan bukti pengumuman");
  const entry = encode(proof.entry);
  const read = readProof(encode(proof.proof));
  const vouched = await verifyProof(read, entry, policy);
  return { ...fact(entry, kind), index: read.index, vouched };
}

/** The rows of an announcement that the record says were redacted, in that order; `raw` is the file with their proofs. */
export async function redactions(raw, announced, policy) {
  const told = looseJson(raw);
  if (!isObject(told) || told.format !== REDACTIONS || !Array.isArray(told.redactions)) throw new NotVerified("spelling", "bukan bukti penyamaran");
  const found = [];
  for (const one of told.redactions) {
    if (!isObject(one) || typeof one.entry !== "string" || typeof one.proof !== "string") throw new NotVerified("spelling", "bukan bukti penyamaran");
    const entry = encode(one.entry);
    await verifyProof(readProof(encode(one.proof)), entry, policy);
    const { fields } = fact(entry, REDACTION);
    if (fields.number !== announced.number || fields.version !== announced.version) throw new NotVerified("entry", "penyamaran di pengumuman lain");
    if (numberIn(fields, "redacted") !== found.length + 1) throw new NotVerified("entry", "urutan penyamaran lain");
    found.push({ place: numberIn(fields, "place"), leaf: hex(hashIn(fields, "leaf")), digest: textIn(fields, "digest"), rows_digest: textIn(fields, "rows_digest") });
  }
  return found;
}

/** A rows file as its bytes say: digest in hex, lines, root, how many are redacted. */
export async function rowsFile(raw) {
  if (!raw.length || raw[raw.length - 1] !== 10) throw new NotVerified("cut", "baris terakhir terpotong");
  const lines = [];
  for (let start = 0; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    lines.push(raw.subarray(start, end));
    start = end + 1;
  }
  const isRedacted = (line) => line.length === 64 && REDACTED.test(String.fromCharCode(...line));
  const leaves = await each(lines, (line) => (isRedacted(line) ? unhex(String.fromCharCode(...line)) : leafHash(line)));
  const hidden = lines.flatMap((line, place) => (isRedacted(line) ? [`${place} ${hex(leaves[place])}`] : []));
  return { digest: hex(await sha256(raw)), lines, count: lines.length, redacted: hidden.length, hidden, root: await root(leaves), isRedacted };
}

/** What speaks against a rows file beside the record's entry: code and detail of each difference. */
export function differences(rows, announced) {
  const found = [...ofThemselves(rows)];
  if (rows.count !== announced.rows) found.push(["count", `${rows.count} baris, tercatat ${announced.rows}`]);
  if (!same(rows.root, hashIn(announced.fields, "rows_root"))) found.push(["root", `akar ${hex(rows.root)}`]);
  const shown = announced.redactions.slice(0, rows.redacted);
  const stated = new Set(shown.map(({ place, leaf }) => `${place} ${leaf}`));
  for (const one of rows.hidden) if (!stated.has(one)) found.push(["redacted", `baris ${Number(one.split(" ")[0]) + 1}`]);
  if (rows.digest !== (shown.at(-1) ?? announced.fields).rows_digest) found.push(["digest", `sidik ${rows.digest}`]);
  return found;
}

/** Rows ascend by participant number, and every commitment is another one. */
function* ofThemselves(rows) {
  const seen = new Map();
  let before = null;
  for (const [place, line] of rows.lines.entries()) {
    if (rows.isRedacted(line)) continue;
    let row;
    try {
      row = jsonOf(line);
      if (!isObject(row) || typeof row.p !== "string") throw new NotVerified("spelling", "tanpa nomor peserta");
      if ("c" in row) base64(row.c, 32);
    } catch (error) {
      if (!(error instanceof NotVerified)) throw error;
      yield ["line", `baris ${place + 1}: ${error.detail}`];
      return;
    }
    if (before !== null && row.p <= before) yield ["order", `baris ${place + 1}: ${shown(row.p)}`];
    before = row.p;
    if ("c" in row && seen.has(row.c)) yield ["twins", `${shown(seen.get(row.c))} dan ${shown(row.p)}`];
    seen.set(row.c, row.p);
  }
}

/** The digests of the rows file that the record knows: as announced, and after each redaction. */
export const rowsDigests = (announced) => [announced.fields, ...announced.redactions].map((one) => one.rows_digest);

/** The name of the file that has this digest in a manifest, which must be one that the record knows; null where there is none. */
export async function nameInManifest(manifest, digest, announced) {
  const known = [announced.fields, ...announced.redactions].map((one) => one.digest);
  if (!known.includes(hex(await sha256(manifest)))) throw new NotVerified("manifest", "daftar berkas lain dari yang tercatat");
  const { files } = looseJson(manifest);
  return Object.keys(files).find((name) => files[name].sha256 === digest) ?? null;
}

/** What somebody typed or scanned: number, version and the beginning of a digest, each where given. Null for nothing usable. */
export function code(text) {
  const words = text.trim().toLowerCase().replace(/^.*#/, "");
  const [, number, version, rest] = /^(?:nomor\s*)?(\d{4}-\d{1,6})?(?:[\s,/]*(?:v|versi\s*)(\d{1,4}))?[\s,/]*([0-9a-f\s]*)$/.exec(words) ?? [];
  const digest = rest?.replace(/\s/g, "") ?? "";
  if (rest === undefined || digest.length > 64 || (!number && digest.length < 8)) return null;
  return { number: number ?? null, version: version ? Number(version) : null, digest };
}
