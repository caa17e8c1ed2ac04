// What the page says: verdicts in a person's words, one sentence per thing that can be wrong.

const WRONG = {
  unknown: "Berkas ini bukan bukti digital, daftar hasil, atau PDF pengumuman dari portal ini.",
  spelling: "Isi berkas ini rusak atau sudah diubah, sehingga tidak membuktikan apa pun.",
  commitment: "Isi berkas ini sudah diubah: sidik yang dihitung dari isinya lain dengan yang tertulis di dalamnya.",
  nobody: "Berkas ini tidak menyebut milik siapa, sehingga tidak membuktikan apa pun.",
  "other-row": "Baris hasil dalam berkas ini milik orang lain, bukan milik orang yang disebut di dalamnya.",
  "other-list": "Berkas ini menyebut seleksi atau pengumuman yang lain dari yang tercatat.",
  inclusion: "Isi berkas ini tidak ada dalam catatan publik di tempat yang disebutnya.",
  signature: "Tanda tangan dalam berkas ini palsu atau rusak.",
  stranger: "Berkas ini tidak ditandatangani oleh pemilik kunci yang dipercaya di sini.",
  quorum: "Saksi yang ikut menandatangani catatan publik belum cukup.",
  policy: "Daftar kunci yang dipakai tidak dapat dibaca.",
  entry: "Catatan publik di tempat yang disebut berkas ini bukan tentang hal yang sama.",
  manifest: "Daftar berkas pengumuman ini lain dari yang tercatat.",
  cut: "Daftar ini terpotong: baris terakhirnya tidak lengkap.",
  nothing: "Berkas ini tidak sama dengan pengumuman mana pun di portal ini. Jangan dipakai sebelum Anda melihat yang asli.",
  changed: "Daftar ini tidak sama dengan daftar yang tercatat untuk pengumuman ini. Jangan dipakai.",
  "other-file": "Berkas ini bukan berkas pengumuman yang nomornya Anda tulis.",
  "no-number": "Tidak ada pengumuman dengan nomor atau sidik itu di portal ini.",
  "other-code": "Sidik yang Anda tulis bukan sidik pengumuman ini. Periksa lagi hurufnya. Kalau sudah benar, kertas itu tidak sama dengan pengumuman kami.",
  "other-qr": "Bukti ini lain dari kode QR yang Anda buka. Kode QR itu milik bukti yang lain.",
  shrunk: "Catatan publik yang sekarang lebih pendek atau lain daripada ketika pengumuman ini terbit. Ini tidak boleh terjadi: laporkan.",
};
const DIFFERENT = {
  line: "ada baris yang tidak dapat dibaca",
  order: "urutan barisnya lain, atau satu peserta muncul dua kali",
  twins: "dua peserta memakai sidik yang sama",
  count: "jumlah barisnya lain",
  root: "ada isi baris yang lain",
  digest: "berkasnya lain",
  redacted: "ada baris yang disamarkan tanpa tercatat",
};
const NOT_YET = {
  offline: "Sambungan terputus. Sambungkan lagi, lalu coba sekali lagi. Tanpa sambungan Anda dapat memilih berkas kunci sendiri.",
  absent: "Catatan publik portal ini belum dimulai, jadi belum ada yang dapat dibandingkan.",
  unproved: "Bukti catatan untuk pengumuman ini belum dapat diambil. Coba lagi sebentar lagi.",
  waiting: "Catatan publik masih menunggu cukup saksi. Coba lagi beberapa menit lagi.",
  browser: "Peramban ini tidak dapat memeriksa tanda tangan. Perbarui peramban Anda, atau pakai perintah Python di bawah.",
  short: "Tulis nomor pengumuman, misalnya 2026-1, atau paling sedikit 8 huruf pertama sidiknya.",
  older: "Sebagian daftar ini disamarkan menurut hukum sesudah berkas Anda dibuat, jadi PDF lama tidak dapat dibandingkan lagi. Unduh PDF yang sekarang, atau pilih berkas rows.jsonl Anda.",
  large: "Berkas ini terlalu besar untuk peramban. Pakai perintah Python di bawah.",
};
const whole = new Intl.DateTimeFormat("id-ID", { dateStyle: "full", timeStyle: "long" });
const count = (value) => value.toLocaleString("id-ID");

export const time = (date) => whole.format(date);

/** The digest of a file as it is printed, four characters at a time. */
export const grouped = (digest) => digest.match(/.{1,4}/g).join(" ");

export function wrong(code, detail, more = {}) {
  return { tone: "bad", title: "Tidak cocok", sentence: WRONG[code] ?? WRONG.spelling, details: detail ? [["Yang ditemukan", detail]] : [], ...more };
}

export const notYet = (code) => ({ tone: "wait", title: "Belum dapat diperiksa", sentence: NOT_YET[code], offline: code === "browser" || code === "large" });

/** A receipt that fits, or a promise. */
export function receipt(found) {
  const { opening } = found;
  const mine = [
    ["Atas nama", opening.name],
    ["Nomor identitas", opening.nid],
    ["Nomor peserta", opening.p],
  ];
  const details = [["Sidik bukti", found.commitment], ...record(found)];
  if (found.state === "recorded" && found.kind === "submission") {
    return {
      tone: "ok",
      title: "Cocok",
      sentence: "Lamaran ini tercatat dalam catatan publik, dan isinya tidak berubah sejak dikirim.",
      notes: ["Pastikan nama dan nomor identitas di bawah ini milik Anda."],
      facts: [...mine, ["Seleksi", opening.recruitment], ["Dikirim", opening.at], ["Tercatat", time(found.entry.at)]].map(asTime),
      details: [["Satu dari", `${count(found.count)} lamaran yang dicatat bersama`], ...details],
    };
  }
  if (found.kind === "score") {
    const scores = Object.entries(opening.scores).map(([key, value]) => [key.toUpperCase(), value === null ? "tidak hadir" : value.replace(".", ",")]);
    return {
      tone: "ok",
      title: "Cocok",
      sentence: "Nilai ini tercatat dalam catatan publik sebagai nilai di layar, dan tidak berubah sejak itu.",
      notes: ["Pastikan nama dan nomor identitas di bawah ini milik Anda.", "Ini nilai di layar. Hasil resmi ada di pengumuman."],
      facts: [...mine, ...scores, ["Ruang", opening.room], ["Tampil di layar", time(new Date(opening.at))], ["Tercatat", time(found.entry.at)]],
      details: [["Satu dari", `${count(found.count)} nilai yang dicatat bersama`], ...details],
      links: [["Buka nilai langsung sesi ini", `/skor/${encodeURIComponent(opening.session)}/`]],
    };
  }
  if (found.kind === "result") {
    const { number, version } = found.entry.fields;
    return {
      tone: "ok",
      title: "Cocok",
      sentence: "Hasil ini ada dalam daftar yang diumumkan, dan baris itu hanya milik orang ini.",
      notes: ["Pastikan nama dan nomor identitas di bawah ini milik Anda."],
      facts: [...mine, ...result(found.row), ["Pengumuman", `nomor ${number}, versi ${version}`], ["Dikunci", time(found.entry.at)]],
      details: [["Satu dari", `${count(found.count)} baris`], ...details],
      links: [["Buka pengumuman, arti kode, dan versi terbarunya", `/pengumuman/${encodeURIComponent(number)}/`]],
    };
  }
  const facts = [...mine, ["Dikirim", time(found.at)], ["Dicatat paling lambat", time(found.due)]];
  if (found.state === "promised") {
    const sentence = `Bukti ini sah, tetapi lamaran Anda belum tercatat. Portal berjanji mencatatnya paling lambat ${time(found.due)}.`;
    return { tone: "wait", title: "Cocok, baru janji", sentence, notes: ["Unduh bukti sekali lagi dari halaman lamaran Anda sesudah waktu itu."], facts, details };
  }
  return {
    tone: "bad",
    title: "Tidak cocok",
    sentence: `Lamaran ini dijanjikan tercatat paling lambat ${time(found.due)}, dan waktu itu sudah lewat menurut jam perangkat Anda.`,
    notes: ["Unduh bukti terbaru dari halaman lamaran Anda, lalu periksa lagi. Kalau belum juga tercatat, simpan berkas ini: ia membuktikan janji yang tidak ditepati."],
    facts,
    details,
    links: [["Serahkan kepada tim pengawas", "/pengawasan/"]],
  };
}

function asTime([name, value]) {
  return [name, name === "Dikirim" && typeof value === "string" ? time(new Date(value)) : value];
}

function result(row) {
  const names = [["rank", "Peringkat"], ["final", "Nilai akhir"], ["total", "Jumlah nilai"], ["code", "Kode hasil"]];
  return names.filter(([key]) => key in row).map(([key, name]) => [name, String(row[key])]);
}

/** An announcement that fits: by a whole file, or only by what is printed on it. */
export function announcement(found, { by, newest, compared }) {
  const { number, version } = found;
  const name = `pengumuman nomor ${number}, versi ${version}`;
  const sentences = {
    rows: `Daftar ini sama, baris demi baris, dengan daftar yang tercatat untuk ${name}.`,
    pdf: `Berkas ini sama persis dengan berkas ${name}.`,
    code: `Sidik ini milik ${name}, yang tercatat dalam catatan publik.`,
    number: `Pengumuman nomor ${number} tercatat dalam catatan publik. Bandingkan sidik di bawah dengan sidik di kertas Anda.`,
  };
  const notes = by === "code" ? ["Sidik yang benar belum berarti isi kertasnya benar. Bandingkan isinya dengan pengumuman asli, atau pilih berkas PDF-nya di sini."] : [];
  const later = newest > version;
  const hidden = compared ? compared.redacted : found.redactions.length;
  if (hidden) notes.push("Baris yang disamarkan tinggal sidiknya. Setiap penyamaran tercatat dalam catatan publik, dan baris lain tidak berubah.");
  if (compared && found.redactions.length > hidden) notes.push(`Salinan Anda lebih lama: sesudahnya ${count(found.redactions.length - hidden)} baris lagi disamarkan.`);
  if (later) notes.unshift(`Sekarang berlaku versi ${newest}. Bukalah sebelum Anda memakai yang ini.`);
  const fits = hidden ? `Cocok; ${count(hidden)} baris disamarkan` : "Cocok";
  const title = by === "number" ? "Tercatat" : later ? `${fits}, tetapi ada versi lebih baru` : fits;
  return {
    tone: later || by === "number" ? "wait" : "ok",
    title,
    sentence: sentences[by],
    notes,
    facts: [
      ["Pengumuman", `nomor ${number}, versi ${version}`],
      ["Dikunci", time(found.at)],
      ["Isi daftar", `${count(found.rows)} baris`],
      ["Sidik daftar", grouped(compared?.digest ?? (found.redactions.at(-1) ?? found.fields).rows_digest)],
      ...(hidden ? [["Disamarkan menurut hukum", `${count(hidden)} baris tinggal sidiknya`]] : []),
    ],
    details: [["Sidik pengumuman", found.fields.digest], ...record(found)],
    links: [["Buka pengumuman", `/pengumuman/${encodeURIComponent(number)}/`]],
  };
}

/** A PDF that was signed outside and is the recorded one, byte for byte. */
export function signedDocument(found, later) {
  const { number, version, serial } = found;
  return {
    tone: later ? "wait" : "ok",
    title: later ? "Cocok, tetapi sudah diganti" : "Cocok",
    sentence: `Berkas ini sama persis dengan dokumen bertanda tangan resmi untuk pengumuman nomor ${number}, versi ${version}.`,
    notes: [
      ...(later ? ["Dokumen ini sudah diganti dengan yang lebih baru. Bukalah yang baru sebelum Anda memakai yang ini."] : []),
      "Halaman ini tidak menilai tanda tangan pejabat di dalamnya. Periksa di layanan pemeriksaan PDF milik BSrE atau Komdigi.",
    ],
    facts: [
      ["Pengumuman", `nomor ${number}, versi ${version}`],
      ["Dokumen resmi ke", serial],
      ["Disahkan", time(found.at)],
    ],
    details: [["Sidik berkas", found.fields.digest], ...record(found)],
    links: [["Buka pengumuman dan dokumen resminya", `/pengumuman/${encodeURIComponent(number)}/`]],
  };
}

/** A rows file that does not fit, with everything that is different. */
export function changed(found, different) {
  const kinds = [...new Set(different.map(([code]) => DIFFERENT[code]))];
  const notes = [`Yang berbeda: ${kinds.join("; ")}.`];
  const details = [...different.slice(0, 50).map(([code, detail]) => [DIFFERENT[code], detail]), ...record(found)];
  return wrong("changed", "", { notes, details, links: [["Buka yang asli", `/pengumuman/${encodeURIComponent(found.number)}/`], ["Laporkan kepada tim pengawas", "/pengawasan/"]] });
}

function record({ index, vouched }) {
  const { checkpoint, times, signed } = vouched;
  const witnesses = times.length ? times.map(([name, at]) => `${name} (${time(new Date(at * 1000))})`).join(", ") : "belum ada saksi luar yang ikut menandatangani";
  return [
    ["Catatan publik", checkpoint.origin],
    ...(index === undefined ? [] : [["Tempat dalam catatan", `entri ke-${index} dari ${checkpoint.size}`]]),
    ["Ditandatangani kunci", signed.map((key) => key.number).join(", ")],
    ["Saksi", witnesses],
  ];
}
