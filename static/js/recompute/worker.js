// Fetches the files of one announcement and recomputes it, away from the page, so that the phone stays responsive.

import { recompute } from "./announcement.js";
import { ruleOf } from "./ranking.js";

const META = "hitung-ulang/meta.json", RULES = "hitung-ulang/rulepack.json", ROWS = "rows.jsonl", MANIFEST = "manifest.json";

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ report: await check(new URL(data.base)) });
  } catch (error) {
    self.postMessage({ failed: error.message, offline: error instanceof Offline, file: error instanceof Unreadable ? error.message : null });
  }
});

class Offline extends Error {}
class Unreadable extends Error {}

/** Everything there is to say about the announcement whose files lie under `base`. */
async function check(base) {
  const started = performance.now();
  const tell = (step, done, all) => self.postMessage({ step, done, all });
  tell("fetch", 0, 0);
  const [manifest, meta, rules, rows] = await Promise.all([MANIFEST, META, RULES, ROWS].map((name) => bytesOf(base, name)));
  const fetched = performance.now();
  const announced = parse(MANIFEST, manifest).files, about = parse(META, meta);
  const files = [];
  for (const [name, bytes] of [[META, meta], [RULES, rules], [ROWS, rows]]) files.push({ name, announced: announced[name]?.sha256 ?? null, found: await digest(bytes) });
  const pack = parse(RULES, rules);
  const found = await recompute({ meta: about, pack, text: textOf(ROWS, rows), tell });
  for (const [name, sha256] of [[RULES, about.rulepack_sha256], [ROWS, about.rows_sha256]]) {
    const file = files.find((one) => one.name === name);
    if (file.found && file.found !== sha256) file.announced = sha256;
  }
  await compareRedactions(base, about, found);
  for (const file of files) {
    if (file.found && file.found !== file.announced) found.differences.unshift({ p: "", what: "file", published: `${file.name}: ${file.announced}`, computed: file.found, row: null });
  }
  return {
    number: about.number,
    version: about.version,
    rule: about.rule,
    rulepack: about.rulepack,
    digest: await digest(manifest),
    files,
    sentences: Object.fromEntries(Object.entries(pack.codes).map(([code, { sentence }]) => [code, sentence])),
    labels: Object.fromEntries(ruleOf(pack, about.rule).components.map(({ key, label }) => [key, label])),
    milliseconds: { fetching: Math.round(fetched - started), computing: Math.round(performance.now() - fetched) },
    ...found,
  };
}

/** Every redacted row is one that the record names, by place and hash. The signatures are checked by /verifikasi/. */
async function compareRedactions(base, about, found) {
  if (!found.redacted.length) return;
  const stated = new Set();
  try {
    const told = parse("redactions", await bytesOf(base, `../v${about.version}.redactions.json`));
    for (const { entry } of told.redactions) {
      const { type, body } = JSON.parse(entry);
      if (type === "row.redacted" && body.number === about.number && body.version === about.version) stated.add(`${body.place} ${body.leaf}`);
    }
  } catch (error) {
    if (!(error instanceof Offline) || !error.message.endsWith("404")) throw error;
  }
  for (const { place, leaf } of found.redacted) {
    if (!stated.has(`${place} ${leaf}`)) found.differences.push({ p: "", what: "redacted", published: `baris ${place + 1}`, computed: null, row: null });
  }
}

async function bytesOf(base, name) {
  let reply;
  try {
    reply = await fetch(new URL(name, base), { cache: "no-cache" }); // what is served now, not what an earlier visit kept
  } catch {
    throw new Offline(name);
  }
  if (!reply.ok) throw new Offline(`${name}: ${reply.status}`);
  return reply.arrayBuffer();
}

function textOf(name, bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable(name);
  }
}

function parse(name, bytes) {
  try {
    return JSON.parse(textOf(name, bytes));
  } catch {
    throw new Unreadable(name);
  }
}

/** SHA-256 in hex; null where the browser has none, which is so on an unencrypted connection. */
async function digest(bytes) {
  if (!self.crypto?.subtle) return null;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (one) => one.toString(16).padStart(2, "0")).join("");
}
