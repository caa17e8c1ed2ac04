// A proof that an entry is in the record: tlog-proof, version 1.

import { note } from "./notes.js";
import { believed } from "./policy.js";
import { NotVerified, base64, decimal, encode, textOf } from "./strict.js";
import { leafHash, verifyInclusion } from "./tree.js";

const HEADING = "c2sp.org/tlog-proof@v1";
const LONGEST_PATH = 63, LARGEST_PROOF = 1024 * 1024;

/** The proof that `raw` spells: index, path, note; `extra` is not bound by it. */
export function read(raw) {
  const text = raw.length <= LARGEST_PROOF ? textOf(raw) : "";
  const gap = text.indexOf("\n\n");
  const [heading, ...lines] = text.slice(0, Math.max(0, gap)).split("\n");
  if (gap < 0 || heading !== HEADING) throw new NotVerified("spelling", "bukan bukti catatan");
  const extra = lines[0]?.startsWith("extra ") ? base64(lines.shift().slice(6)) : null;
  if (!lines[0]?.startsWith("index ")) throw new NotVerified("spelling", "tempat entri tidak disebut");
  if (lines.length - 1 > LONGEST_PATH) throw new NotVerified("spelling", "jalur terlalu panjang");
  return { index: decimal(lines[0].slice(6)), path: lines.slice(1).map((one) => base64(one, 32)), note: note(encode(text.slice(gap + 2))), extra };
}

/** The checkpoint that holds `entry`, as the policy vouches for it; an error below the quorum. */
export async function verify(proof, entry, policy) {
  const found = await believed(policy, proof.note);
  await verifyInclusion(await leafHash(entry), proof.index, found.checkpoint.size, proof.path, found.checkpoint.root);
  return found;
}
