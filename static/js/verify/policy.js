// Whom to believe (tlog-policy): the log's keys, the witnesses and how many of them.

import { COSIGNER, LOG, checkpoint, key, signers } from "./notes.js";
import { NotVerified, decimal, shown, textOf } from "./strict.js";

const LARGEST_POLICY = 256 * 1024;

/** The policy that `raw` spells: logs, witnesses and groups by name, quorum (null where nobody need cosign). */
export async function read(raw) {
  if (raw.length > LARGEST_POLICY) throw new NotVerified("policy", "terlalu panjang");
  const found = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null, members: new Set(), quorums: 0 };
  for (const [place, line] of textOf(raw).split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter(Boolean);
    if (!words.length || words[0].startsWith("#")) continue;
    try {
      if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw new NotVerified("policy", "huruf tersembunyi");
      await take(found, words);
    } catch (error) {
      if (error instanceof NotVerified) throw new NotVerified("policy", `baris ${place + 1}: ${error.detail}`);
      throw error;
    }
  }
  if (found.quorums !== 1) throw new NotVerified("policy", "harus ada satu baris quorum");
  return found;
}

async function take(found, [kind, ...words]) {
  const known = (name) => found.witnesses.has(name) || found.groups.has(name);
  if (kind === "log" && [1, 2].includes(words.length)) {
    const one = await key(words[0]);
    if (one.kind === COSIGNER || isTwice(found.logs, one)) throw new NotVerified("policy", "kunci saksi atau kunci kembar");
    found.logs.push(one);
  } else if (kind === "witness" && [2, 3].includes(words.length)) {
    const one = await key(words[1]);
    if (words[0] === "none" || known(words[0])) throw new NotVerified("policy", `nama terpakai: ${shown(words[0])}`);
    if (one.kind === LOG || isTwice([...found.witnesses.values()], one)) throw new NotVerified("policy", "bukan kunci saksi atau kunci kembar");
    found.witnesses.set(words[0], one);
  } else if (kind === "group" && words.length >= 3) {
    const [name, count, ...names] = words;
    if (name === "none" || known(name)) throw new NotVerified("policy", `nama terpakai: ${shown(name)}`);
    for (const one of names) {
      if (!known(one) || found.members.has(one)) throw new NotVerified("policy", `anggota tidak dikenal atau kembar: ${shown(one)}`);
      found.members.add(one);
    }
    const needed = { any: 1n, all: BigInt(names.length) }[count] ?? decimal(count);
    if (needed < 1n || needed > names.length) throw new NotVerified("policy", "jumlah yang tidak mungkin");
    found.groups.set(name, [Number(needed), names]);
  } else if (kind === "quorum" && words.length === 1) {
    found.quorums += 1;
    if (words[0] !== "none" && !known(words[0])) throw new NotVerified("policy", `nama tidak dikenal: ${shown(words[0])}`);
    found.quorum = words[0] === "none" ? null : words[0];
  } else throw new NotVerified("policy", "baris yang tidak dikenal");
}

const isTwice = (keys, one) => keys.some((other) => String(other.bytes) === String(one.bytes));

function isMet(policy, name, by) {
  if (name === null) return true;
  if (policy.witnesses.has(name)) return by.has(policy.witnesses.get(name));
  const [needed, members] = policy.groups.get(name);
  return members.filter((member) => isMet(policy, member, by)).length >= needed;
}

/** The checkpoint in `note`, signed by a log of the policy, who cosigned it when, and whether enough did. */
export async function vouched(policy, note) {
  const found = await checkpoint(note.text);
  const logs = policy.logs.filter((one) => one.name === found.origin);
  if (!logs.length) throw new NotVerified("stranger", `kunci tidak mengenal ${shown(found.origin)}`);
  const signed = await signers(note, logs);
  if (!signed.size) throw new NotVerified("stranger", `tidak ditandatangani kunci ${shown(found.origin)}`);
  const by = await signers(note, [...policy.witnesses.values()]);
  const times = [...policy.witnesses].filter(([, one]) => by.has(one)).map(([name, one]) => [name, by.get(one)]);
  return { checkpoint: found, times, quorum: isMet(policy, policy.quorum, by), signed: [...signed.keys()] };
}

/** As `vouched`, and an error below the quorum. */
export async function believed(policy, note) {
  const found = await vouched(policy, note);
  if (!found.quorum) throw new NotVerified("quorum", `${found.times.length} saksi`);
  return found;
}
