// The page /pengumuman/<number>/hitung-ulang/: starts the recomputation and says in words what came out.

const SHOWN = 200, KEPT = 20000, NAMED = 20;
const WHAT = {
  code: "Hasil",
  rank: "Peringkat",
  total: "Jumlah nilai",
  final: "Nilai akhir",
  closed_order: "Urutan di antara yang sama",
  by: "Yang menentukan",
  scores: "Nilai",
  formation: "Formasi atau kebutuhan",
  hidden: "Peringkat tanpa nilai",
  twice: "Nomor muncul dua kali",
  order: "Urutan baris",
  line: "Baris tidak terbaca",
  rows: "Jumlah baris",
  count: "Jumlah orang menurut hasil",
  file: "Berkas",
  rules: "Aturan",
  redacted: "Baris disamarkan tanpa tercatat",
};
const DECIDED = {
  all_fit: "semua mendapat tempat",
  no_limit: "tanpa batas tempat",
  equal_on_limit: "nilai sama di batas tempat",
  tier: "golongan ambang batas",
  absent: "tidak hadir",
  "status:APS": "mengundurkan diri",
  "closed:ipk": "IPK",
  "closed:birth_date": "tanggal lahir",
  "closed:given": "kriteria tertutup",
  final: "nilai akhir",
  total: "jumlah nilai",
};
const place = document.querySelector("[data-recompute]");
const status = document.getElementById("kemajuan");
const button = document.getElementById("mulai");
const result = document.getElementById("putusan");
const number = (value) => value.toLocaleString("id-ID");
const seconds = (value) => (value / 1000).toLocaleString("id-ID", { maximumFractionDigits: 1 });

/** The folder of this version. At the short address the newest version answers, so its own is named. */
function base() {
  const short = /\/pengumuman\/[^/]+\/hitung-ulang\/(index\.html)?$/.test(location.pathname);
  return new URL(short ? `../v${place.dataset.version}/` : "../", location.href).href;
}

function say(step, done, all) {
  const words = {
    fetch: () => "Mengunduh daftar dan aturan…",
    read: () => `Membaca baris ${number(done)} dari ${number(all)}…`,
    take: () => `Memeriksa nilai ${number(done)} dari ${number(all)}…`,
    rank: () => `Menyusun peringkat ${number(all)} orang…`,
    compare: () => `Membandingkan ${number(all)} baris…`,
  };
  status.textContent = words[step]();
}

function start() {
  button.disabled = true;
  result.replaceChildren();
  say("fetch");
  if (!window.Worker) return giveUp("Peramban ini tidak dapat menghitung. Pakai perintah di bawah.");
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", () => {
    worker.terminate();
    giveUp("Peramban ini tidak dapat menghitung. Pakai perintah di bawah.");
  });
  worker.addEventListener("message", ({ data }) => {
    if (data.step) return say(data.step, data.done, data.all);
    worker.terminate();
    button.disabled = false;
    if (data.report) return show(data.report);
    if (data.offline) return giveUp("Berkas tidak dapat diunduh. Periksa sambungan Anda, lalu coba lagi.");
    const difference = { p: "", what: data.file ? "file" : "rules", published: data.file, computed: null, row: null, why: data.failed };
    show({ ...nothing(), failed: data, differences: [difference] });
  });
  worker.postMessage({ base: base() });
}

function nothing() {
  const { dataset } = place;
  return { number: dataset.number, version: Number(dataset.version), rule: dataset.rule, rows: 0, recomputed: 0, closed: 0, notContinued: 0, byOrder: 0, redacted: [], digest: null, files: [] };
}

function giveUp(sentence) {
  button.disabled = false;
  status.textContent = sentence;
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function show(report) {
  const agrees = !report.differences.length;
  const people = [...new Set(report.differences.map((one) => one.p).filter(Boolean))];
  const hidden = report.redacted.length ? `; ${number(report.redacted.length)} baris disamarkan` : "";
  const heading = element("h2", agrees ? `Cocok${hidden}` : "Tidak cocok", { tabindex: "-1", class: "mt-0" });
  const banner = element("div", "", { class: `banner banner-${agrees ? "ok" : "bad"}` });
  banner.append(heading, element("p", sentence(report, people)));
  const facts = element("ul");
  for (const fact of explained(report)) facts.append(element("li", fact));
  result.replaceChildren(banner, facts);
  if (!agrees) result.append(...cards(report), ...complaint(report, people));
  status.textContent = agrees ? `Selesai: cocok${hidden}.` : "Selesai: tidak cocok.";
  result.dataset.milliseconds = report.milliseconds ? report.milliseconds.computing : "";
  heading.focus();
}

function sentence(report, people) {
  if (report.failed?.file) return `Berkas ${report.failed.file} tidak dapat dibaca.`;
  if (report.failed) return "Daftar ini tidak dapat dihitung dengan aturan yang menyertainya.";
  if (!report.differences.length && report.redacted.length) return "Setiap baris yang tampil sama dengan hitungan ulang di peramban Anda, dan tidak ada yang bergeser karena baris yang disamarkan.";
  if (!report.differences.length) return "Hasil yang diumumkan sama dengan hitungan ulang di peramban Anda, baris demi baris.";
  if (!people.length) return "Setiap baris sama dengan hitungan ulang, tetapi berkasnya bukan berkas yang diumumkan.";
  return `${number(people.length)} dari ${number(report.rows)} peserta berbeda dengan hitungan ulang.`;
}

function explained(report) {
  const found = [];
  if (report.milliseconds) found.push(`${number(report.rows)} baris dibaca, ${number(report.recomputed)} dihitung ulang dalam ${seconds(Math.max(100, report.milliseconds.computing))} detik.`);
  if (report.redacted.length) {
    found.push(`${number(report.redacted.length)} baris disamarkan menurut hukum dan tinggal sidiknya. Tempatnya dipertahankan, isinya tidak dihitung ulang. Periksa pencatatannya dengan memilih berkas rows.jsonl di halaman Periksa keaslian.`);
  }
  if (report.byOrder) {
    found.push(`${number(report.byOrder)} tempat bergantung pada kriteria tertutup (IPK atau tanggal lahir). Urutannya diambil dari daftar; yang bersangkutan dan tim pengawas dapat memeriksanya.`);
  }
  if (report.closed) {
    found.push(`${number(report.closed)} baris milik kelompok tertutup (kurang dari 10 orang). Nilainya tidak terbit, jadi hanya peringkat, jumlah kebutuhan, dan hasilnya yang diperiksa.`);
  }
  if (report.notContinued) found.push(`${number(report.notContinued)} peserta tidak dilanjutkan. Nilainya tidak terbit.`);
  if (report.files.some((file) => !file.found)) found.push("Sidik berkas tidak dapat diperiksa, karena sambungan ke situs ini tidak terenkripsi.");
  else if (report.digest && !report.differences.some((one) => one.what === "file")) found.push("Sidik semua berkas yang dipakai sama dengan daftar berkas pengumuman ini.");
  if (report.digest) found.push(`Sidik pengumuman: ${report.digest}. Samakan dengan yang tertulis di halaman pengumuman.`);
  return found;
}

/** A value of the list in words: a code with its sentence, a criterion by its name. */
function words(report, what, value) {
  if (value === null) return "–";
  if (what === "code") return report.sentences?.[value] ? `${value}: ${report.sentences[value]}` : value;
  if (what !== "by") return String(value);
  const [kind, name] = value.split(":");
  if (kind === "threshold") return `batas ${DECIDED[name] ?? report.labels?.[name] ?? name}`;
  return DECIDED[value] ?? report.labels?.[value] ?? value;
}

/** One card per person (or for the list as a whole) with what is different. */
function cards(report) {
  const people = new Map();
  for (const one of report.differences) people.has(one.p) ? people.get(one.p).push(one) : people.set(one.p, [one]);
  const list = element("ul", "", { class: "cards" });
  for (const [p, differences] of [...people].slice(0, SHOWN)) {
    const card = element("li");
    card.append(element("h3", p ? `Peserta ${p}` : "Seluruh daftar"));
    for (const one of differences.slice(0, SHOWN)) {
      const told = [one.published, one.computed].map((value) => words(report, one.what, value).replace(/[.]$/, ""));
      card.append(element("p", `${WHAT[one.what]}. Diumumkan: ${told[0]}. Hitungan ulang: ${told[1]}.`));
    }
    list.append(card);
  }
  const more = people.size - SHOWN;
  return [element("h2", "Yang berbeda"), list, ...(more > 0 ? [element("p", `Dan ${number(more)} peserta lain, semuanya ada dalam berkas bukti.`)] : [])];
}

/** The text of a report and the file of evidence, ready to be handed over. */
function complaint(report, people) {
  const name = `hitung-ulang-${report.number}-v${report.version}.json`;
  const named = people.slice(0, NAMED).join(", ") + (people.length > NAMED ? `, dan ${number(people.length - NAMED)} lainnya` : "");
  const text = [
    `Hitung ulang pengumuman nomor ${report.number} versi ${report.version} (${place.dataset.title}) tidak cocok.`,
    sentence(report, people),
    ...(named ? [`Nomor peserta: ${named}.`] : []),
    ...(report.rulepack ? [`Aturan: ${report.rulepack}, tahap ${report.rule}.`] : []),
    ...(report.digest ? [`Sidik pengumuman: ${report.digest}.`] : []),
    `Dihitung di peramban saya pada ${new Date().toLocaleString("id-ID", { dateStyle: "long", timeStyle: "short" })}.`,
    `Bukti lengkap: berkas ${name}.`,
  ].join("\n");
  const evidence = { kind: "recomputation", page: location.href, computed_at: new Date().toISOString(), text, ...report };
  evidence.differences = report.differences.slice(0, KEPT);
  const file = new Blob([JSON.stringify(evidence, null, 1)], { type: "application/json" });
  const area = element("textarea", text, { class: "form-control", id: "laporan", rows: "9", readonly: "" });
  const link = element("a", "Unduh bukti", { class: "btn btn-primary", href: URL.createObjectURL(file), download: name });
  const download = element("p", "", { class: "mt-2" });
  download.append(link);
  const where = element("p", "Kirim teks dan berkas itu kepada ");
  where.append(element("a", "tim pengawas", { href: "/pengawasan/" }), document.createTextNode(` atau ${place.dataset.office}.`));
  return [element("h2", "Laporkan"), element("label", "Teks laporan, siap disalin", { class: "form-label", for: "laporan" }), area, download, where];
}

if (place && button) {
  place.hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  button.addEventListener("click", start);
}
