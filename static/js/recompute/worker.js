// Fetches the files of one announcement and recomputes it, away from the page, so that the phone stays responsive.

import { recompute } from "./announcement.js";

const META = "hitung-ulang/meta.json", RULES = "hitung-ulang/rulepack.json", ROWS = "rows.jsonl", MANIFEST = "manifest.json";

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ report: await check(new URL(data.base)) });
  } catch (error) {
    self.postMessage({ failed: error.message, offline: error instanceof Offline });
  }
});

class Offline extends Error {}

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
  const found = await recompute({ meta: about, pack: parse(RULES, rules), text: textOf(rows), tell });
  for (const [name, sha256] of [[RULES, about.rulepack_sha256], [ROWS, about.rows_sha256]]) {
    const file = files.find((one) => one.name === name);
    if (file.found && file.found !== sha256) file.announced = sha256;
  }
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
    milliseconds: { fetching: Math.round(fetched - started), computing: Math.round(performance.now() - fetched) },
    ...found,
  };
}

async function bytesOf(base, name) {
  let reply;
  try {
    reply = await fetch(new URL(name, base));
  } catch {
    throw new Offline(name);
  }
  if (!reply.ok) throw new Offline(`${name}: ${reply.status}`);
  return reply.arrayBuffer();
}

function textOf(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function parse(name, bytes) {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
}

/** SHA-256 in hex; null where the browser has none, which is so on an unencrypted connection. */
async function digest(bytes) {
  if (!self.crypto?.subtle) return null;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (one) => one.toString(16).padStart(2, "0")).join("");
}
