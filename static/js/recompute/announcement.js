// Holds a published list against a recomputation of its own rows (verifier/RULES.md section 6).

import { Kept } from "./kept.js";
import { BadRow, plain, rank, reader, ruleOf } from "./ranking.js";

const SLICE = 20000;
const COMPARED = ["code", "rank", "total", "final", "closed_order", "by"];
const NOT_CONTINUED = "TD";
const REDACTED = /^[0-9a-f]{64}$/; // what is left of a row that had to disappear: its leaf hash

/**
 * Recomputes `text` (rows.jsonl) by `pack` and `meta`, and compares row by row.
 *
 * `tell(step, done, all)` hears about the progress. Returns the counts rows, recomputed, closed (no scores shown: small
 * group), notContinued, byOrder (places that rest on closed criteria), redacted (place and hash of each row that is no
 * more than that), and `differences`: objects of p (participant
 * number, or "" for the list as a whole), what, published, computed, row.
 */
export async function recompute({ meta, pack, text, tell = () => {} }) {
  const rule = ruleOf(pack, meta.rule);
  const found = { rows: 0, recomputed: 0, closed: 0, notContinued: 0, byOrder: 0, redacted: [], differences: [] };
  const differ = (p, what, published, computed, row, why) =>
    found.differences.push({ p, what, published: published ?? null, computed: computed ?? null, row: row ?? null, ...(why && { why }) });
  const published = await readRows(text, meta, found.redacted, differ, tell);
  found.rows = published.size + found.redacted.length;
  const kept = new Kept(found.redacted.length);
  if ((meta.redacted ?? 0) !== kept.left) differ("", "redacted", meta.redacted ?? 0, kept.left);
  if (found.rows !== meta.rows) differ("", "rows", meta.rows, found.rows);
  const { rows, closed } = await takeRows(published, rule, meta, differ, tell);
  tell("rank", 0, rows.length);
  const computed = rank(rows, rule, { givenOrder: true });
  found.recomputed = computed.length;
  found.byOrder = computed.filter((row) => row.closed_order !== null).length;
  tell("compare", 0, computed.length);
  const names = new Set((rule.closed_order || []).map((name) => `closed:${name}`));
  keepPlaces(computed, published, rule, kept);
  for (const row of computed) compareRow(published.get(row.row_id), row, rule, names, kept, differ);
  const shown = new Set(rows.map((row) => row.formasi_id));
  found.notContinued = closed.filter((row) => row.code === NOT_CONTINUED).length;
  found.closed = closed.length - found.notContinued;
  comparePlaces(closed, shown, rule, meta, kept, differ);
  compareCounts(published, meta, differ);
  return found;
}

const pause = () => new Promise((go) => setTimeout(go));

/** The rows by participant number, and the `redacted` ones. A line that is no row, comes twice or out of order is a difference. */
async function readRows(text, meta, redacted, differ, tell) {
  const rows = new Map();
  let line = 0, before = "";
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start) < 0 ? text.length : text.indexOf("\n", start);
    line += 1;
    const found = text.slice(start, end);
    const row = parsed(found);
    start = end + 1;
    if (REDACTED.test(found)) redacted.push({ place: line - 1, leaf: found });
    else if (!row) differ("", "line", `baris ${line}`);
    else if (rows.has(row.p)) differ(row.p, "twice", `baris ${line}`, null, row);
    else {
      if (row.p < before) differ(row.p, "order", `baris ${line}`, null, row);
      before = row.p;
      rows.set(row.p, row);
    }
    if (line % SLICE === 0) {
      tell("read", line, meta.rows);
      await pause();
    }
  }
  return rows;
}

function parsed(line) {
  try {
    const row = JSON.parse(line);
    return row && ["p", "f", "g", "code"].every((key) => typeof row[key] === "string") ? row : null;
  } catch {
    return null;
  }
}

/** The rows that show scores as input of the ranking, and the others. */
async function takeRows(published, rule, meta, differ, tell) {
  const read = reader(rule);
  const rows = [], closed = [];
  let line = 0;
  for (const row of published.values()) {
    line += 1;
    const formation = meta.formations[row.f];
    if (!formation || formation.need !== row.g) differ(row.p, "formation", `${row.f}, ${row.g}`, formation ? formation.need : null, row);
    else if ("closed" in row) closed.push(row);
    else {
      try {
        rows.push(Object.assign(read(record(row, rule, formation), line), { given: givenOrder(row) }));
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        differ(row.p, "scores", [row.s].flat().join(", "), null, row, error.message);
      }
    }
    if (line % SLICE === 0) {
      tell("take", line, published.size);
      await pause();
    }
  }
  return { rows, closed };
}

/** A published row as the ranking reads it. Throws BadRow when its scores are not those of the components. */
function record(row, rule, formation) {
  const marks = row.s;
  if (!Array.isArray(marks) || marks.length !== rule.components.length || marks.some((mark) => typeof mark !== "string")) {
    throw new BadRow("other scores than the rule has components");
  }
  const found = { row_id: row.p, formasi_id: row.f, kebutuhan: row.g, kuota: formation.quota };
  rule.components.forEach((component, place) => {
    found[component.key] = marks[place];
  });
  found.status = String(row.by || "").startsWith("status:") ? row.by.slice(7) : "";
  return found;
}

function givenOrder(row) {
  return Number.isSafeInteger(row.closed_order) && row.closed_order > 0 ? row.closed_order : null;
}

/** Moves whoever stands below a redacted row down by that place, and judges rank against quota there. */
function keepPlaces(computed, published, rule, kept) {
  const formations = new Map();
  for (const mine of computed) {
    if (mine.rank === null || !Number.isSafeInteger(published.get(mine.row_id).rank)) continue;
    if (formations.has(mine.formasi_id)) formations.get(mine.formasi_id).push(mine);
    else formations.set(mine.formasi_id, [mine]);
  }
  for (const code of [...formations.keys()].sort()) {
    const members = formations.get(code);
    if (!kept.lay(code, members.map((mine) => [mine.rank, published.get(mine.row_id).rank]))) continue;
    const places = rule.multiplier === null ? Infinity : rule.multiplier * Number(members[0].quota);
    for (const mine of members) {
      mine.rank = published.get(mine.row_id).rank;
      mine.code = rule.codes[mine.rank <= places ? "inside" : "outside"];
    }
  }
}

function compareRow(row, mine, rule, closedNames, kept, differ) {
  const computed = {
    code: mine.code,
    rank: mine.rank,
    total: mine.total === null ? null : plain(mine.total),
    final: mine.final === null ? null : plain(mine.final),
    closed_order: mine.closed_order,
    // Which closed criterion decided is closed too: any that the rule knows may stand there.
    by: mine.decided_by === "closed:given" && closedNames.has(row.by) ? row.by : mine.decided_by,
  };
  const different = COMPARED.filter((name) => (row[name] ?? null) !== computed[name]);
  const criteria = ["tier", "all_fit", "equal_on_limit", ...rule.order, ...closedNames];
  if (different.length && mine.rank !== null && criteria.includes(row.by) && kept.excuses(mine.formasi_id, different)) return;
  for (const name of different) differ(row.p, name, row[name], computed[name], row);
}

/** Rows without scores: nobody can recompute their rank, but rank, quota and code must fit together. */
function comparePlaces(closed, shown, rule, meta, kept, differ) {
  const formations = new Map();
  for (const row of closed) {
    if (!("rank" in row)) continue;
    if (row.code === NOT_CONTINUED || shown.has(row.f)) differ(row.p, "hidden", row.rank, null, row);
    else if (formations.has(row.f)) formations.get(row.f).push(row);
    else formations.set(row.f, [row]);
  }
  for (const [code, rows] of formations) {
    const places = rule.multiplier === null ? Infinity : rule.multiplier * meta.formations[code].quota;
    rows.sort((a, b) => a.rank - b.rank);
    const first = [];
    rows.forEach((row, position) => first.push(position && row.rank === rows[position - 1].rank ? first[position - 1] : position + 1));
    const withGaps = kept.lay(code, rows.map((row, position) => [first[position], row.rank]));
    rows.forEach((row, position) => {
      const place = withGaps ? row.rank : first[position];
      if (row.rank !== place) differ(row.p, "rank", row.rank, place, row);
      const result = rule.codes[row.rank <= places ? "inside" : "outside"];
      if (row.code !== result) differ(row.p, "code", row.code, result, row);
    });
  }
}

function compareCounts(published, meta, differ) {
  const counts = {};
  for (const row of published.values()) counts[row.code] = (counts[row.code] || 0) + 1;
  for (const code of new Set([...Object.keys(meta.counts), ...Object.keys(counts)])) {
    if ((meta.counts[code] || 0) !== (counts[code] || 0)) differ("", "count", `${code}: ${meta.counts[code] || 0}`, `${code}: ${counts[code] || 0}`);
  }
}
