// The tree of hashes of RFC 6962: leaves, nodes, roots, proofs of inclusion.

import { NotVerified, same } from "./strict.js";

const SLICE = 2000; // hashes asked of the browser at once: quick, and the page stays awake

/** SHA-256 of the byte strings `parts`, one after the other. */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", parts.length === 1 ? parts[0] : joined(parts)));
}

export function joined(parts) {
  const found = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    found.set(part, at);
    at += part.length;
  }
  return found;
}

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** What `work` makes of each of `items`, a slice at a time. */
export async function each(items, work) {
  const found = [];
  for (let start = 0; start < items.length; start += SLICE) found.push(...(await Promise.all(items.slice(start, start + SLICE).map(work))));
  return found;
}

/** The root over a list of leaf hashes. A last one without a partner moves up unchanged. */
export async function root(leaves) {
  let row = leaves;
  while (row.length > 1) {
    const pairs = Array.from({ length: row.length >> 1 }, (_, place) => [row[2 * place], row[2 * place + 1]]);
    const above = await each(pairs, ([left, right]) => nodeHash(left, right));
    row = row.length % 2 ? [...above, row[row.length - 1]] : above;
  }
  return row.length ? row[0] : sha256(new Uint8Array());
}

/**
 * Throws unless `path` leads from `leaf` at `index` to the root `expected` of `size` leaves (BigInts).
 *
 * The root does not say its size: take both from the same verified checkpoint, or the same entry.
 */
export async function verifyInclusion(leaf, index, size, path, expected) {
  if ([leaf, expected, ...path].some((found) => found.length !== 32)) throw new NotVerified("inclusion", "sidik bukan 32 bita");
  if (index < 0n || index >= size) throw new NotVerified("inclusion", `tempat ${index} tidak ada dalam ${size}`);
  let [node, last, found] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) throw new NotVerified("inclusion", "jalur terlalu panjang");
    if (node & 1n || node === last) {
      found = await nodeHash(sibling, found);
      while (!(node & 1n) && node) [node, last] = [node >> 1n, last >> 1n];
    } else found = await nodeHash(found, sibling);
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last) throw new NotVerified("inclusion", "jalur terlalu pendek");
  if (!same(found, expected)) throw new NotVerified("inclusion", "jalur tidak sampai ke akar");
}
