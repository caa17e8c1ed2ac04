// The page /verifikasi/: reads a file or a code on the visitor's own device and says in words whether it fits.
//
// Nothing of a file is sent. Asked of the portal: the policy, and of announcements what is public about them anyway.

import * as announced from "./announced.js";
import { known } from "./ed25519.js";
import { note } from "./notes.js";
import * as policies from "./policy.js";
import { FORMAT, check } from "./receipt.js";
import { NotVerified, hex, looseJson, same } from "./strict.js";
import { sha256 } from "./tree.js";
import * as words from "./words.js";

const LARGEST_FILE = 512 * 1024 * 1024;
const COMMITMENT = /^[A-Za-z0-9+/]{43}=$/;
const place = document.querySelector("[data-verify]");
const status = document.getElementById("kemajuan");
const verdict = document.getElementById("putusan");
const form = document.getElementById("kode");
const files = document.getElementById("berkas");
const keys = document.getElementById("kunci");
let turn = 0; // of the check in hand; an older one that ends later says nothing

/** Something that could not be asked; `code` names the sentence. */
class NotYet extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function ask(address, missing) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "omit" });
  } catch {
    throw new NotYet("offline");
  }
  if (answer.status === 404) throw new NotYet(missing);
  if (!answer.ok) throw new NotYet("offline");
  return new Uint8Array(await answer.arrayBuffer());
}

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

/** Whose signatures count: the policy that the visitor chose, or the portal's own. */
async function policy() {
  const own = keys.files[0];
  const found = await policies.read(own ? await bytesOf(own) : await ask("/log/policy", "absent"));
  return Object.assign(found, { source: own ? own.name : null });
}

/** Every public version, as the portal lists it. A hint where to look; what is found is proved by the record. */
async function list() {
  return looseJson(await ask("/pengumuman/daftar.json", "absent")).list;
}

/** Every public document that was signed outside; a portal without any has no list. */
async function signed() {
  try {
    return looseJson(await ask("/pengumuman/resmi.json", "none")).list;
  } catch (error) {
    if (error instanceof NotYet && error.code === "none") return [];
    throw error;
  }
}

async function checkFile(file) {
  if (file.size > LARGEST_FILE) throw new NotYet("large");
  const raw = await bytesOf(file);
  if (raw[0] === 0x25 && raw[1] === 0x50) return { ...(await checkPdf(raw)), name: file.name };
  const value = parsed(raw);
  if (value?.format === FORMAT) return { ...(await checkReceipt(raw)), name: file.name };
  if (file.name.endsWith(".jsonl") || typeof value?.p === "string" || typeof firstLine(raw)?.p === "string") return { ...(await checkRows(raw)), name: file.name };
  throw new NotVerified("unknown");
}

function parsed(raw) {
  try {
    return looseJson(raw);
  } catch {
    return null;
  }
}

const firstLine = (raw) => (raw.includes(10) ? parsed(raw.subarray(0, raw.indexOf(10))) : null);

async function checkReceipt(raw) {
  const believed = await policy();
  const found = await check(raw, believed, new Date());
  const expected = fragment();
  if (COMMITMENT.test(expected) && found.commitment !== expected) throw new NotVerified("other-qr", found.commitment);
  const told = words.receipt(found);
  if (COMMITMENT.test(expected)) told.notes = ["Bukti ini sama dengan kode QR yang Anda buka.", ...told.notes];
  return { ...told, believed };
}

async function checkRows(raw) {
  const rows = await announced.rowsFile(raw);
  const [believed, versions] = [await policy(), await list()];
  const typed = announced.code(form.elements.kode.value);
  const line = versions.find((one) => one.rows_digest === rows.digest || one.rows_root === hex(rows.root)) ?? chosen(versions, typed);
  if (!line) return nothing(believed);
  const found = await proved(line, believed);
  const different = announced.differences(rows, found);
  const told = different.length ? words.changed(found, different) : words.announcement(found, { by: "rows", newest: newest(versions, line), compared: rows });
  return { ...told, believed };
}

async function checkPdf(raw) {
  const digest = hex(await sha256(raw));
  const [believed, versions] = [await policy(), await list()];
  const own = versions.find((one) => one.pdf_digest === digest);
  const documents = own ? [] : await signed();
  const outside = documents.find((one) => one.digest === digest);
  if (outside) return checkDocument(outside, documents, believed);
  const line = own ?? chosen(versions, announced.code(form.elements.kode.value));
  if (!line) return nothing(believed);
  const found = await proved(line, believed);
  const manifest = await ask(`/pengumuman/${line.number}/v${line.version}/manifest.json`, "unproved");
  if (!(await announced.nameInManifest(manifest, digest, found))) {
    if (found.redactions.length) throw new NotYet("older");
    throw new NotVerified("other-file", `sidik ${digest}`);
  }
  return { ...words.announcement(found, { by: "pdf", newest: newest(versions, line) }), believed };
}

/** A PDF that was signed outside: the record binds its bytes, and nobody here judges the certificate in it. */
async function checkDocument(line, documents, believed) {
  const place = `/pengumuman/${line.number}/resmi/v${line.serial}`;
  const found = await held(await announced.recordedDocument(await ask(`${place}.proof.json`, "unproved"), believed), believed);
  if (found.fields.digest !== line.digest || found.number !== line.number || found.serial !== line.serial) throw new NotVerified("other-file", `sidik yang tercatat: ${found.fields.digest}`);
  const later = documents.some((one) => one.number === found.number && one.version === found.version && one.serial > found.serial);
  return { ...words.signedDocument(found, later), believed };
}

async function checkCode(text) {
  const typed = announced.code(text);
  if (!typed || (typed.digest && typed.digest.length < 8)) throw new NotYet("short");
  const [believed, versions] = [await policy(), await list()];
  const fits = (one) => one.rows_digest.startsWith(typed.digest) || one.redacted_rows_digest?.startsWith(typed.digest);
  const asked = versions.filter((one) => (!typed.number || one.number === typed.number) && (!typed.version || one.version === typed.version));
  const line = newestOf(asked.filter(fits)) ?? newestOf(typed.number ? asked : []);
  if (!line) throw new NotVerified("no-number");
  const found = await proved(line, believed);
  if (!announced.rowsDigests(found).some((one) => one.startsWith(typed.digest))) throw new NotVerified("other-code", `sidik yang tercatat: ${words.grouped(found.fields.rows_digest)}`);
  return { ...words.announcement(found, { by: typed.digest ? "code" : "number", newest: newest(versions, line) }), believed };
}

/** What the record says of the announcement in `line`, held against the record as it is now. */
async function proved(line, believed) {
  const found = await announced.recorded(await ask(`/pengumuman/${line.number}/v${line.version}.proof.json`, "unproved"), believed);
  if (found.number !== line.number || found.version !== line.version) throw new NotVerified("entry", `nomor ${found.number}, versi ${found.version}`);
  await held(found, believed);
  if (line.redacted) found.redactions = await announced.redactions(await ask(`/pengumuman/${line.number}/v${line.version}.redactions.json`, "unproved"), found, believed);
  return found;
}

/** The newest checkpoint; while it waits for its witnesses, the newest one that enough of them cosigned. */
async function newestCheckpoint(believed) {
  const newest = note(await ask("/log/checkpoint", "absent"));
  try {
    return await policies.believed(believed, newest);
  } catch (error) {
    if (!(error instanceof NotVerified) || error.code !== "quorum") throw error;
    return policies.believed(believed, note(await ask("/log/checkpoint.quorum", "waiting")));
  }
}

/** `found`, when the record of now goes on from the one that it was proved by. */
async function held(found, believed) {
  const then = found.vouched.checkpoint;
  const now = (await newestCheckpoint(believed)).checkpoint;
  if (now.origin !== then.origin || now.size < then.size || (now.size === then.size && !same(now.root, then.root))) throw new NotVerified("shrunk", `${now.size} entri, dahulu ${then.size}`);
  return found;
}

const newestOf = (lines) => lines.reduce((one, other) => (one && one.version > other.version ? one : other), null);
const newest = (versions, line) => newestOf(versions.filter((one) => one.number === line.number)).version;
const chosen = (versions, typed) => (typed?.number ? newestOf(versions.filter((one) => one.number === typed.number && (!typed.version || one.version === typed.version))) : null);

function nothing(believed) {
  const notes = ["Kalau Anda tahu nomornya, tulis nomor itu lalu pilih berkasnya sekali lagi: kami tunjukkan bedanya."];
  return { ...words.wrong("nothing", "", { notes, links: [["Lihat semua pengumuman", "/pengumuman/"], ["Laporkan kepada tim pengawas", "/pengawasan/"]] }), believed };
}

/** Runs one check and shows what came out of it, whatever that is. */
async function run(work) {
  const mine = (turn += 1);
  status.textContent = "Memeriksa di perangkat Anda…";
  verdict.replaceChildren();
  let told;
  try {
    if (!window.crypto?.subtle || !(await known())) throw new NotYet("browser");
    told = await work();
  } catch (error) {
    if (error instanceof NotVerified) told = words.wrong(error.code, error.detail);
    else if (error instanceof NotYet) told = words.notYet(error.code);
    else {
      console.error(error);
      told = words.wrong("spelling", "");
    }
  }
  if (mine === turn) show(told);
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function summary(pairs, style = "") {
  const made = element("dl", "", { class: "summary" });
  for (const [name, value] of pairs) if (value) made.append(element("dt", name), element("dd", String(value), { class: style }));
  return made;
}

function show(told) {
  const heading = element("h2", told.title, { tabindex: "-1", class: "mt-0" });
  const banner = element("div", "", { class: `banner banner-${told.tone}` });
  banner.append(heading, element("p", told.sentence), ...(told.notes ?? []).map((words) => element("p", words)));
  verdict.replaceChildren(banner);
  if (told.name) verdict.append(element("p", `Berkas: ${told.name}`, { class: "code" }));
  if (told.facts) verdict.append(summary(told.facts));
  if (told.links) {
    const links = element("ul");
    for (const [text, href] of told.links) {
      const line = element("li");
      line.append(element("a", text, { href }));
      links.append(line);
    }
    verdict.append(links);
  }
  if (told.details?.length) verdict.append(depth("Rincian", summary(told.details, "code")));
  if (told.believed) verdict.append(depth("Kunci siapa yang dipercaya?", ...trusted(told.believed)));
  if (told.offline) document.querySelector("[data-offline]").open = true;
  status.textContent = `Selesai: ${told.title}.`;
  heading.focus();
}

function depth(title, ...inside) {
  const made = element("details");
  made.append(element("summary", title), ...inside);
  return made;
}

function trusted(believed) {
  const from = believed.source
    ? `Kunci dibaca dari berkas Anda sendiri: ${believed.source}.`
    : "Kunci ini disebut oleh portal sendiri. Pembaca yang teliti membandingkan nomornya dengan yang dimuat di berita daerah, atau memilih berkas kunci dari pihak lain.";
  const named = [...believed.logs, ...believed.witnesses.values()].map((key) => [key.name, key.number]);
  return [element("p", from), summary(named, "code")];
}

function fragment() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** What the address of a QR says: a receipt's digest to compare, or the code of an announcement to check at once. */
function readFragment() {
  const found = fragment();
  const scanned = document.getElementById("qr");
  scanned.hidden = !COMMITMENT.test(found);
  if (!scanned.hidden) scanned.querySelector("[data-commitment]").textContent = found;
  else if (announced.code(found)) {
    form.elements.kode.value = found;
    run(() => checkCode(found));
  }
}

files.addEventListener("change", () => {
  const file = files.files[0];
  files.value = ""; // so that the same file can be chosen again
  if (file) run(() => checkFile(file));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run(() => checkCode(form.elements.kode.value));
});
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (kind === "drop" && file) run(() => checkFile(file));
  });
}
window.addEventListener("hashchange", readFragment);
place.hidden = false;
document.querySelector("[data-without-script]").hidden = true;
document.querySelector("[data-offline]").open = false;
readFragment();
