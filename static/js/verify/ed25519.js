// Ed25519 read strictly: what libraries disagree about is refused before the browser is asked.

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
// The y coordinates of the eight points whose order divides eight; each stands for x and -x.
const SMALL_ORDER = new Set([0n, 1n, P - 1n, ORDER_EIGHT, P - ORDER_EIGHT]);

const modulo = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let [found, step] = [1n, modulo(base)];
  for (let left = exponent; left; left >>= 1n) {
    if (left & 1n) found = (found * step) % P;
    step = (step * step) % P;
  }
  return found;
}

const D = modulo(-121665n * power(121666n, P - 2n));

function number(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

const yOf = (bytes) => number(bytes) & (2n ** 255n - 1n);

/** Whether these 32 bytes spell a coordinate canonically and none of small order. */
export const isSound = (bytes) => bytes.length === 32 && yOf(bytes) < P && !SMALL_ORDER.has(yOf(bytes));

/** Whether `raw` is a key that may sign: a point of the curve in its one spelling, not of small order. */
export function isKey(raw) {
  if (!isSound(raw)) return false;
  const square = yOf(raw) ** 2n % P;
  const x2 = modulo((square - 1n) * power(D * square + 1n, P - 2n));
  return power(x2, (P - 1n) / 2n) === 1n; // x² has a root: there is such a point
}

/** Whether this browser can check Ed25519 at all. */
export async function known() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(9), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch (error) {
    return error?.name === "DataError"; // it knows the kind and dislikes this key
  }
}

/** Whether `signature` is that of `message` by the key `raw`. */
export async function verify(raw, message, signature) {
  if (!isKey(raw) || signature.length !== 64 || !isSound(signature.subarray(0, 32)) || number(signature.subarray(32)) >= L) return false;
  const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}
