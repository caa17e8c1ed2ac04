// Strict readings (verifier/RECORD.md section 1): a number, base64 and canonical JSON have one spelling each.

/** What was given does not prove what it should. `code` names the sentence for people (words.js), `detail` says where. */
export class NotVerified extends Error {
  constructor(code, detail = "") {
    super(detail || code);
    this.code = code;
    this.detail = detail;
  }
}

const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const KEY = /^[a-z][a-z0-9_]*$/;
const LARGEST = 2n ** 63n - 1n;
const DEEPEST = 200;
// Controls other than a line feed, marks of direction, characters without width, private use, no characters.
const FORBIDDEN = new RegExp(
  "[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff" +
    "\\ue000-\\uf8ff\\ufdd0-\\ufdef\\ufffe\\uffff\\u{f0000}-\\u{10ffff}]",
  "u",
);

export const encode = (text) => new TextEncoder().encode(text);

/** Whether two byte strings are the same. */
export const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes that an even number of hex digits spell. */
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** A short spelling of something that came from outside. */
export function shown(text) {
  const found = JSON.stringify(text) ?? String(text);
  return found.length <= 80 ? found : `${found.slice(0, 60)}…${found.slice(-10)}`;
}

/** The number (a BigInt) that `text` spells: ASCII digits, no sign, no leading zero, below 2**63. */
export function decimal(text) {
  if (!DECIMAL.test(text) || BigInt(text) > LARGEST) throw new NotVerified("spelling", `bukan bilangan: ${shown(text)}`);
  return BigInt(text);
}

/** The bytes that `text` spells in padded base64, `size` of them where given. */
export function base64(text, size = null) {
  const good = typeof text === "string" && BASE64.test(text);
  const found = good ? Uint8Array.from(atob(text), (one) => one.charCodeAt(0)) : null;
  if (!found || toBase64(found) !== text) throw new NotVerified("spelling", `bukan base64: ${shown(text)}`);
  if (size !== null && found.length !== size) throw new NotVerified("spelling", `bukan ${size} bita: ${shown(text)}`);
  return found;
}

export const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** `raw` read as UTF-8; a mark of the byte order is kept, so that it is refused where it stands. */
export function textOf(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new NotVerified("spelling", "bukan teks UTF-8");
  }
}

/** `value` as canonical JSON (RFC 8785), in bytes. */
export const canonical = (value) => encode(spell(value));

function spell(value) {
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${spell(value[key])}`).join(",")}}`;
}

/** The value that `raw` spells in canonical JSON, in the one spelling there is. */
export function jsonOf(raw) {
  const text = textOf(raw);
  const value = new Reader(text, true).whole();
  if (spell(value) !== text) throw new NotVerified("spelling", `bukan JSON kanonis: ${shown(text)}`);
  checkTexts(value);
  return value;
}

/** The value that `raw` spells in JSON of any spelling, without repeated keys and floats. */
export const looseJson = (raw) => new Reader(textOf(raw), false).whole();

function checkTexts(value) {
  if (typeof value === "string") {
    if (FORBIDDEN.test(value) || value.normalize("NFC") !== value) throw new NotVerified("spelling", `huruf tersembunyi: ${shown(value)}`);
  } else if (value !== null && typeof value === "object") Object.values(value).forEach(checkTexts);
}

/** Reads JSON where `JSON.parse` is too kind: it takes floats and lets the second of two equal keys win. */
class Reader {
  constructor(text, strict) {
    Object.assign(this, { text, strict, at: 0, depth: 0 });
  }

  whole() {
    const value = this.value();
    this.blank();
    if (this.at !== this.text.length) this.fail();
    return value;
  }

  fail(why = "bukan JSON") {
    throw new NotVerified("spelling", `${why}, huruf ke-${this.at + 1}`);
  }

  blank() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  /** Steps over `sign` where it stands next. */
  takes(sign) {
    this.blank();
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  value() {
    if ((this.depth += 1) > DEEPEST) this.fail("terlalu dalam");
    const found = this.any();
    this.depth -= 1;
    return found;
  }

  any() {
    if (this.takes("{")) return this.object();
    if (this.takes("[")) return this.list();
    if (this.text[this.at] === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) if (this.takes(word)) return value;
    return this.number();
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) this.fail();
    this.at += found.length;
    return found;
  }

  number() {
    const found = Number(this.match(/-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y));
    if (!Number.isSafeInteger(found)) this.fail("bilangan terlalu besar");
    return found;
  }

  string() {
    return JSON.parse(this.match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y));
  }

  list() {
    const found = [];
    if (this.takes("]")) return found;
    do found.push(this.value());
    while (this.takes(","));
    return this.takes("]") ? found : this.fail();
  }

  object() {
    const found = Object.create(null);
    if (this.takes("}")) return found;
    do {
      this.blank();
      const key = this.string();
      if (this.strict && !KEY.test(key)) this.fail("nama bidang yang tidak dikenal");
      if (key in found) this.fail("satu nama dua kali");
      if (!this.takes(":")) this.fail();
      found[key] = this.value();
    } while (this.takes(","));
    return this.takes("}") ? found : this.fail();
  }
}
