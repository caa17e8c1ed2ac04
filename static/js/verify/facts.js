// What an entry of the record states (verifier/RECORD.md section 2).

import { nameOf } from "./kinds.js";
import { NotVerified, base64, jsonOf, shown, unhex } from "./strict.js";

export const ANNOUNCEMENT = "announcement.frozen", ATTESTED = "announcement.attested", BATCH = "applications.batch", SHOWN = "scores.shown", REDACTED = "row.redacted";
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const DIGEST = /^[0-9a-f]{64}$/;
const ENVELOPE = ["at", "body", "by", "id", "type", "v"];

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** The fact that the canonical JSON `raw` states, of the type `kind`. */
export function fact(raw, kind) {
  const value = jsonOf(raw);
  const keys = isObject(value) ? Object.keys(value).filter((key) => key !== "late").sort().join() : "";
  if (keys !== ENVELOPE.join() || value.v !== 1 || typeof value.type !== "string" || !isObject(value.body) || ![undefined, true, false].includes(value.late)) {
    throw new NotVerified("spelling", "bukan entri catatan");
  }
  if (value.type !== kind) throw new NotVerified("entry", `entri tentang ${shown(nameOf(value.type))}, bukan ${nameOf(kind)}`);
  return { at: instant(value.at), fields: value.body };
}

/** The time that `text` spells. */
export function instant(text) {
  const found = typeof text === "string" && INSTANT.test(text) ? new Date(text) : null;
  if (!found || Number.isNaN(found.getTime()) || found.toISOString().slice(0, 19) !== text.slice(0, 19)) throw new NotVerified("spelling", `bukan waktu: ${shown(text)}`);
  return found;
}

export function textIn(fields, name) {
  if (typeof fields[name] !== "string") throw new NotVerified("entry", `tidak menyebut ${name}`);
  return fields[name];
}

/** The field `name`, a whole number from 0. */
export function numberIn(fields, name) {
  if (typeof fields[name] !== "number" || fields[name] < 0) throw new NotVerified("entry", `tidak menyebut ${name}`);
  return fields[name];
}

/** The field `name`, a hash: 64 hex digits, or base64. */
export function hashIn(fields, name) {
  const text = textIn(fields, name);
  return DIGEST.test(text) ? unhex(text) : base64(text, 32);
}

/** 32 bytes in hex digits, as a salt is written. */
export function saltOf(text) {
  if (typeof text !== "string" || !DIGEST.test(text)) throw new NotVerified("commitment", "garam bukan 64 huruf");
  return unhex(text);
}
