// From scores to results, as verifier/RULES.md sections 3 and 4 say it, apart from the portal's own engine and from
// the verifier. Exact: every number is a BigInt in thousandths (RULES.md section 5 allows three decimals).

const THOUSAND = 1000n;
const IPK_SCALE = 9;
const NUMBER = /^[0-9]{1,9}(?:\.([0-9]{1,9}))?$/;
const WHOLE = /^[0-9]{1,9}$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const IDENTITY = /^[^\x00-\x1f\x7f]{1,64}$/u;
const STATUSES = ["DIS", "APS", "TMS"];
const CLOSED = { ipk: (one) => one.ipk, birth_date: (one) => one.born };

/** A row cannot be used; the message names row and field. */
export class BadRow extends Error {}

/** A rule pack cannot be used; the message says why. */
export class BadPack extends Error {}

/** The rule of `stage` (or of the default stage) of a parsed pack. Throws BadPack. */
export function ruleOf(pack, stage) {
  if (!pack || pack.schema !== 1) throw new BadPack("schema: only 1 is known");
  refuseFloats(pack, "the pack");
  const rule = pack.stages[stage || pack.default_stage];
  if (!rule) throw new BadPack(`no stage ${stage}`);
  return rule;
}

function refuseFloats(value, place) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new BadPack(`${place}: write decimals as strings`);
  if (value && typeof value === "object") for (const key of Object.keys(value)) refuseFloats(value[key], `${place}.${key}`);
}

/** `text` as a BigInt in units of 10^-places, or null where it is no such number. */
function scaled(text, places) {
  const found = NUMBER.exec(text);
  if (!found) return null;
  const fraction = (found[1] || "").padEnd(places, "0");
  if (/[^0]/.test(fraction.slice(places))) return null;
  return BigInt(text.split(".")[0] + fraction.slice(0, places));
}

/** A number of the pack in thousandths. Throws BadPack. */
function known(value) {
  const found = scaled(String(value), 3);
  if (found === null) throw new BadPack(`${value} is no number`);
  return found;
}

/** Thousandths as text without useless zeros; empty for nothing. */
export function plain(value) {
  if (value === null) return "";
  const digits = String(value).padStart(4, "0");
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/\.?0+$/, "");
}

/** The quotient of two BigInts that are not negative, rounded half up. */
function halfUp(over, under) {
  return (2n * over + under) / (2n * under);
}

/** Reads the rows of a rule: a function (record, line) → row. Equal marks are read once. */
export function reader(rule) {
  const components = rule.components.map((one) => ({ key: one.key, max: known(one.max), decimals: one.decimals, seen: new Map([["", null]]) }));
  return (record, line) => {
    const text = (name) => (Object.hasOwn(record, name) ? String(record[name] ?? "").replace(/^ +| +$/g, "") : "");
    const fail = (name, why) => {
      throw new BadRow(`row ${line} (${text("row_id") || "?"}), ${name}: ${why}`);
    };
    const rowId = text("row_id"), formation = text("formasi_id"), quota = text("kuota"), status = text("status");
    if (!IDENTITY.test(rowId)) fail("row_id", "1 to 64 characters, no control characters");
    if (!IDENTITY.test(formation)) fail("formasi_id", "1 to 64 characters, no control characters");
    if (!WHOLE.test(quota) || !Number(quota)) fail("kuota", "a whole number from 1");
    if (status && !STATUSES.includes(status)) fail("status", `unknown: ${status}`);
    const scores = components.map(({ key, max, decimals, seen }) => {
      const given = text(key);
      if (!seen.has(given)) {
        const value = scaled(given, decimals);
        if (value === null) fail(key, `not a number with at most ${decimals} decimals: ${given}`);
        const mark = value * 10n ** BigInt(3 - decimals);
        if (mark > max) fail(key, `not between 0 and ${plain(max)}: ${given}`);
        seen.set(given, mark);
      }
      return seen.get(given);
    });
    const ipk = text("ipk") ? scaled(text("ipk"), IPK_SCALE) : null;
    if (text("ipk") && (ipk === null || ipk > 100n * 10n ** BigInt(IPK_SCALE))) fail("ipk", `not between 0 and 100: ${text("ipk")}`);
    const born = text("birth_date");
    if (born && !isDay(born)) fail("birth_date", `not a date like 1999-12-31: ${born}`);
    return { row_id: rowId, formasi_id: formation, need: text("kebutuhan"), quota, status, scores, ipk, born: born || null, given: null };
  };
}

function isDay(text) {
  if (!DAY.test(text) || text.startsWith("0000")) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

/**
 * Gives every row total, final, rank, code, decided_by and closed_order, and returns the rows in output order.
 *
 * With `givenOrder` the closed criteria are not looked at: `row.given`, a published place inside a tie (1 is the best,
 * null where none is published), stands in for them, and `decided_by` says `closed:given`. Throws BadRow and BadPack.
 */
export function rank(rows, rule, { givenOrder = false } = {}) {
  const judge = judgeOf(rule);
  const formations = new Map();
  const seen = new Set();
  for (const row of rows) {
    if (seen.has(row.row_id)) throw new BadRow(`row ${row.row_id}, row_id: twice in the file`);
    seen.add(row.row_id);
    const members = formations.get(row.formasi_id);
    if (!members) formations.set(row.formasi_id, [row]);
    else members.push(row);
  }
  for (const [id, members] of formations) {
    if (members.some((row) => Number(row.quota) !== Number(members[0].quota))) throw new BadRow(`formation ${id}: kuota differs between rows`);
    place(members.filter(judge), rule, givenOrder);
  }
  return [...rows].sort(
    (a, b) =>
      byCodePoint(a.formasi_id, b.formasi_id) || (a.rank === null) - (b.rank === null) || a.rank - b.rank || byCodePoint(a.row_id, b.row_id),
  );
}

/** Steps 1 to 4: a function that judges one row by itself and says whether it takes part in the ranking. */
function judgeOf(rule) {
  const keys = rule.components.map((one) => one.key);
  const maxima = rule.components.map((one) => known(one.max));
  const places = (key) => keys.indexOf(key);
  const counted = rule.parts ? rule.parts.map((part) => places(part.component)) : keys.map((_, place) => place);
  const weights = (rule.parts || []).map((part) => known(part.weight));
  const unit = 10n ** BigInt(rule.decimals ?? 3);
  const sums = Object.entries(rule.sums || {}).map(([name, parts]) => ({ name, parts: parts.map(places) }));
  const named = [...keys, ...sums.map((sum) => sum.name), "total"];
  const valueOf = (row, name) => (name === "total" || name === "final" ? row[name] : name in row.sums ? row.sums[name] : row.scores[places(name)]);
  const minima = (threshold) =>
    named.filter((name) => (threshold[name] ?? null) !== null).map((name) => ({ name, least: known(threshold[name]) }));
  const tiers = new Map(
    Object.entries(rule.thresholds || {}).map(([need, given]) => [need, (Array.isArray(given) ? given : [given]).map(minima)]),
  );
  const missed = (row, threshold) =>
    threshold.find(({ name, least }) => {
      const value = valueOf(row, name);
      return value === null || value < least;
    });
  const finalOf = (row) => {
    if (!rule.parts) return row.total;
    let final = 0n;
    counted.forEach((place, part) => {
      const outOfHundred = halfUp(row.scores[place] * 100n * unit, maxima[place]);
      final += halfUp(outOfHundred * weights[part], 100n * THOUSAND);
    });
    return (final * THOUSAND) / unit;
  };
  return (row) => {
    Object.assign(row, { total: null, final: null, rank: null, closed_order: null, tier: 0, sums: Object.create(null) });
    if (row.status) return settle(row, rule.codes[row.status], `status:${row.status}`);
    const marks = counted.map((place) => row.scores[place]);
    if (marks.includes(null)) return settle(row, rule.codes.absent, "absent");
    const total = marks.reduce((sum, mark) => sum + mark, 0n);
    if (rule.zero_total_is_absent && total === 0n) return settle(row, rule.codes.absent, "absent");
    row.total = total;
    row.final = finalOf(row);
    for (const { name, parts } of sums) row.sums[name] = parts.reduce((sum, part) => sum + (row.scores[part] ?? 0n), 0n);
    row.keys = rule.order.map((name) => valueOf(row, name));
    if (!rule.thresholds) {
      row.tier = 1;
      return true;
    }
    const mine = tiers.get(row.need) ?? tiers.get("*");
    if (!mine) throw new BadRow(`row ${row.row_id}, kebutuhan: no threshold for ${row.need}`);
    row.tier = mine.findIndex((threshold) => !missed(row, threshold)) + 1;
    if (row.tier) return true;
    return settle(row, rule.codes.below, `threshold:${missed(row, mine[mine.length - 1]).name}`);
  };
}

function settle(row, code, decidedBy) {
  row.code = code;
  row.decided_by = decidedBy;
  return false;
}

/** The better of two values comes first: higher, or earlier with `low`; an empty one comes last. */
function better(a, b, low) {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b === Boolean(low) ? -1 : 1;
}

/** The criteria of a rule in order: [name, closed, compare]. */
function criteriaOf(rule, givenOrder) {
  const open = [["tier", false, (a, b) => a.tier - b.tier], ...rule.order.map((name, place) => [name, false, (a, b) => better(a.keys[place], b.keys[place])])];
  const closed = rule.equal_on_limit === "closed" ? rule.closed_order || [] : [];
  if (givenOrder && closed.length) return [...open, ["closed:given", true, (a, b) => better(a.given, b.given, true)]];
  return [...open, ...closed.map((name) => [`closed:${name}`, true, (a, b) => better(CLOSED[name](a), CLOSED[name](b), name === "birth_date")])];
}

/** Steps 5 to 7 for the rows of one formation that take part. */
function place(rows, rule, givenOrder) {
  if (!rows.length) return;
  const criteria = criteriaOf(rule, givenOrder);
  const open = criteria.filter(([, closed]) => !closed);
  const compare = (list) => (a, b) => {
    for (const [, , differ] of list) {
      const found = differ(a, b);
      if (found) return found;
    }
    return 0;
  };
  const full = compare(criteria), publicly = compare(open);
  rows.sort(full);
  rows.forEach((row, position) => {
    const before = rows[position - 1];
    row.rank = before && !full(before, row) ? before.rank : position + 1;
  });
  numberTies(rows, publicly);
  const places = rule.multiplier === null ? Infinity : rule.multiplier * Number(rows[0].quota);
  const inside = rows.filter((row) => row.rank <= places);
  const lastInside = inside[inside.length - 1], firstOutside = rows[inside.length];
  for (const row of rows) {
    const isInside = row.rank <= places;
    row.code = rule.codes[isInside ? "inside" : "outside"];
    if (places === Infinity) row.decided_by = "no_limit";
    else if (!firstOutside && rows.length <= places) row.decided_by = "all_fit";
    else if (isInside && inside.length > places && row.rank === lastInside.rank) row.decided_by = "equal_on_limit";
    else if (isInside && !firstOutside) row.decided_by = "all_fit";
    else {
      const other = isInside ? firstOutside : lastInside;
      row.decided_by = criteria.find(([, , differ]) => differ(row, other))[0];
    }
  }
}

/** Sets closed_order where only closed criteria separate people whom the public ones leave equal. */
function numberTies(rows, publicly) {
  for (let start = 0, end; start < rows.length; start = end) {
    end = start + 1;
    while (end < rows.length && !publicly(rows[start], rows[end])) end += 1;
    if (rows[start].rank === rows[end - 1].rank) continue;
    for (const row of rows.slice(start, end)) row.closed_order = row.rank - rows[start].rank + 1;
  }
}

/** Ids sort by code point, not by the 16-bit units that JavaScript compares. */
function byCodePoint(a, b) {
  if (a === b) return 0;
  const left = Array.from(a), right = Array.from(b);
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    if (left[place] !== right[place]) return left[place].codePointAt(0) - right[place].codePointAt(0);
  }
  return left.length - right.length;
}
