// Checks what an applicant holds in hand: a receipt of an application, of a score on a screen or of a result (verifier/RECORD.md section 5).

import { ANNOUNCEMENT, BATCH, SHOWN, fact, hashIn, instant, isObject, numberIn, saltOf, textIn } from "./facts.js";
import { note, signers } from "./notes.js";
import { believed } from "./policy.js";
import { read as readProof, verify as verifyProof } from "./proofs.js";
import { NotVerified, base64, canonical, decimal, encode, jsonOf, looseJson, same, shown } from "./strict.js";
import { leafHash, sha256, verifyInclusion } from "./tree.js";

export const FORMAT = "jabatan-terbuka-receipt-v1";
const TAG = encode("csp-commit-v1\0");
export const LARGEST_RECEIPT = 1 << 20;
const LONGEST_PATH = 63;

/**
 * What the receipt `raw` proves under `policy` at the time `now`. Throws NotVerified where it proves nothing.
 *
 * Returns kind (submission, score or result), state (recorded, promised, broken), opening, commitment (base64), vouched,
 * and by kind: entry (its fields and time), index, row; of a promise at and due.
 */
export async function check(raw, policy, now) {
  if (raw.length > LARGEST_RECEIPT) throw new NotVerified("unknown", "terlalu besar");
  const receipt = looseJson(raw);
  if (!isObject(receipt) || receipt.format !== FORMAT) throw new NotVerified("unknown", `bukan ${FORMAT}`);
  const { kind, opening } = receipt;
  if (!["submission", "score", "result"].includes(kind) || !isObject(opening) || opening.kind !== kind) throw new NotVerified("spelling", "jenis bukti tidak jelas");
  const commitment = await commitmentOf(receipt, opening);
  for (const name of ["nid", "name"]) if (typeof opening[name] !== "string" || !opening[name]) throw new NotVerified("nobody", name);
  const found = { kind, opening, commitment: receipt.commitment };
  if (kind === "submission" && !("entry" in receipt)) return { ...found, ...(await promised(receipt, commitment, policy, now)) };
  const entry = encode(text(receipt, "entry"));
  const proof = readProof(encode(text(receipt, "proof")));
  const vouched = await verifyProof(proof, entry, policy);
  const [type, place] = { submission: [BATCH, inBatch], score: [SHOWN, inDelivery], result: [ANNOUNCEMENT, inList] }[kind];
  const stated = fact(entry, type);
  const more = await place(receipt, opening, commitment, stated.fields);
  return { ...found, state: "recorded", vouched, index: proof.index, entry: stated, ...more };
}

/** The commitment, recomputed from salt and opening; the receipt must state the same. */
async function commitmentOf(receipt, opening) {
  const bytes = canonical(opening);
  jsonOf(bytes);
  const found = await sha256(TAG, saltOf(receipt.salt), bytes);
  if (!same(base64(receipt.commitment, 32), found)) throw new NotVerified("commitment", "sidik yang dihitung lain");
  return found;
}

async function inBatch(receipt, opening, commitment, fields) {
  await included(receipt, commitment, numberIn(fields, "count"), hashIn(fields, "root"));
  agree(opening, fields, ["recruitment"]);
  return { count: fields.count };
}

/** The score is one of a delivery that was recorded when the screen showed it. */
async function inDelivery(receipt, opening, commitment, fields) {
  if (!isObject(opening.scores) || Object.values(opening.scores).some((one) => one !== null && typeof one !== "string")) throw new NotVerified("spelling", "nilai tidak disebut");
  await included(receipt, commitment, numberIn(fields, "rows"), hashIn(fields, "root"));
  for (const name of ["recruitment", "stage", "session"]) if (opening[name] !== textIn(fields, name)) throw new NotVerified("other-list", name);
  return { count: fields.rows };
}

/** The row is in the announced list, and it can only be this person's. */
async function inList(receipt, opening, commitment, fields) {
  const bytes = encode(text(receipt, "row"));
  const row = jsonOf(bytes);
  if (!isObject(row) || !same(base64(row.c, 32), commitment)) throw new NotVerified("other-row", "baris memuat sidik lain");
  if (typeof row.p !== "string" || opening.p !== row.p) throw new NotVerified("other-row", "nomor peserta lain");
  await included(receipt, bytes, numberIn(fields, "rows"), hashIn(fields, "rows_root"));
  agree(opening, fields, ["number", "stage", "recruitment"]);
  if (opening.number !== textIn(fields, "number")) throw new NotVerified("other-list", "tanpa nomor pengumuman");
  numberIn(fields, "version");
  return { row, count: fields.rows };
}

async function included(receipt, leaf, size, root) {
  const { index, path } = receipt;
  if (typeof index !== "number" || !Array.isArray(path) || path.length > LONGEST_PATH) throw new NotVerified("inclusion", "tempat tidak disebut");
  await verifyInclusion(await leafHash(leaf), BigInt(index), BigInt(size), path.map((step) => base64(step, 32)), root);
}

function agree(opening, fields, names) {
  for (const name of names) {
    if (name in opening && name in fields && opening[name] !== fields[name]) throw new NotVerified("other-list", `${name}: ${shown(opening[name])}, catatan ${shown(fields[name])}`);
  }
}

/** A signed promise: what was sent will be in a batch until a stated time. Past that time it is evidence. */
async function promised(receipt, commitment, policy, now) {
  const signed = note(encode(text(receipt, "promise")));
  const lines = signed.text.split("\n");
  const keys = policy.logs.filter((one) => one.name === lines[0] && lines[0].endsWith("/promise"));
  if (!keys.length || !(await signers(signed, keys)).size) throw new NotVerified("stranger", "janji tidak ditandatangani kunci yang dipercaya");
  if (lines.length !== 6 || lines[5]) throw new NotVerified("spelling", "janji bukan lima baris");
  if (!same(base64(lines[1], 32), commitment)) throw new NotVerified("commitment", "janji tentang lamaran lain");
  const [size, at, due] = [decimal(lines[2]), instant(lines[3]), instant(lines[4])];
  const vouched = await believed(policy, note(encode(text(receipt, "checkpoint"))));
  const { checkpoint } = vouched;
  if (checkpoint.origin !== lines[0].slice(0, -"/promise".length) || checkpoint.size !== size) throw new NotVerified("commitment", "titik catatan lain dari janji");
  return { state: now > due ? "broken" : "promised", at, due, vouched };
}

function text(receipt, name) {
  if (typeof receipt[name] !== "string") throw new NotVerified("spelling", `tidak ada ${name}`);
  return receipt[name];
}
