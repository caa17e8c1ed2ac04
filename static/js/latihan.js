// A test in one page: every answer is kept here until the server says that it is saved, and sent in its order.
// The server decides about time. Without this script each button sends the form and the page works the same, more slowly.
document.addEventListener("DOMContentLoaded", () => {
  const cat = document.querySelector("[data-cat]");
  if (!cat || !window.fetch || !window.URLSearchParams) return;
  const home = cat.dataset.home, store = cat.dataset.store + "-", name = store + cat.dataset.cat;
  const find = (what) => cat.querySelector("[data-" + what + "]");
  const form = find("form"), news = find("news"), clock = find("clock");
  const links = Array.from(find("palette").querySelectorAll("a")), pictures = {};
  let token = form.elements.csrfmiddlewaretoken.value, typing = 0;
  let n = Number(cat.dataset.n), questions = null, sending = false, over = false, kept = [], told = 0;
  let ends = performance.now() + Number(cat.dataset.left);
  const answers = {};

  // What waits to be sent survives a reload and a crash; where the browser keeps nothing, it lives in this page.
  const waiting = () => {
    try { return JSON.parse(localStorage.getItem(name) || "[]"); } catch (error) { return kept; }
  };
  const keep = (list) => {
    kept = list;
    try { localStorage.setItem(name, JSON.stringify(list)); } catch (error) { /* in memory, then */ }
  };
  const clear = () => {
    try { Object.keys(localStorage).filter((one) => one.startsWith(store) && one !== name).forEach((one) => localStorage.removeItem(one)); } catch (error) { /* nothing is kept */ }
  };
  const mark = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const say = (words) => { if (news.textContent !== words) news.textContent = words; };
  const same = (one, other) => one.doubtful === other.doubtful && one.letters.join("\n") === other.letters.join("\n");

  const seen = () => {
    const fields = Array.from(form.elements).filter((one) => one.name === "jawaban");
    const letters = fields.filter((one) => one.type === "text" ? one.value.trim() : one.checked).map((one) => one.value);
    return { letters, doubtful: form.elements.ragu.checked };
  };
  const record = () => {
    clearTimeout(typing);
    const now = seen();
    if (over || (answers[n] && same(answers[n], now))) return;
    answers[n] = now;
    keep([...waiting(), { n, mark: mark(), ...now }]);
    paint(n);
    say("Menyimpan …");
    flush();
  };

  const flush = async () => {
    if (sending || over) return;
    sending = true;
    let again = 0, renewed = false;
    try {
      for (let first = waiting()[0]; first && !over; first = waiting()[0]) {
        const body = new URLSearchParams({ csrfmiddlewaretoken: token, tanda: first.mark });
        first.letters.forEach((letter) => body.append("jawaban", letter));
        if (first.doubtful) body.append("ragu", "on");
        const reply = await ask(home + "soal/" + first.n + "/", { method: "POST", body });
        if (reply.status === 409 || reply.status === 404) return leave();
        if (reply.status === 403 && !renewed) {
          renewed = true;
          await renew();
          continue;
        }
        const said = await reply.json();
        if (!reply.ok && reply.status !== 422 && reply.status !== 429) throw new Error(reply.status);
        keep(waiting().filter((one) => one.mark !== first.mark));
        if (reply.ok) ends = performance.now() + said.left;
        const rest = waiting().length;
        say(!reply.ok ? said.words : rest ? "Mengirim, tinggal " + rest + " jawaban." : "Soal " + first.n + " tersimpan pukul " + said.at + ".");
      }
    } catch (error) {
      say("Jaringan terputus. Teruskan saja: " + waiting().length + " jawaban dikirim saat tersambung lagi.");
      again = 3000;
    } finally {
      sending = false;
    }
    if (again) setTimeout(flush, again);
  };
  // Signing in or out in another tab gives this browser another token: the page fetches it, and what waits is sent.
  const renew = async () => {
    const page = await (await ask(home + "soal/" + n + "/")).text();
    const field = new DOMParser().parseFromString(page, "text/html").querySelector("[data-form] [name=csrfmiddlewaretoken]");
    if (field) token = form.elements.csrfmiddlewaretoken.value = field.value;
  };
  const ask = (address, options = {}) => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), 15000);
    return fetch(address, { ...options, headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", signal: limit.signal })
      .finally(() => clearTimeout(timer));
  };

  // The end is the server's word, too. Whoever is not connected then sees the result later.
  const leave = () => {
    over = true;
    const lost = waiting().length;
    try { localStorage.removeItem(name); } catch (error) { /* nothing was kept */ }
    location.assign(home + "hasil/" + (lost ? "?tertinggal=" + lost : ""));
  };
  const end = async () => {
    try {
      await flush();
      if (over) return undefined;
      const reply = await ask(home + "keadaan.json");
      if (!reply.ok) return leave();
      ends = performance.now() + (await reply.json()).left;
    } catch (error) {
      say("Waktu habis. Hasil Anda terlihat begitu tersambung lagi.");
      ends = performance.now() + 3000;
    }
  };
  const tick = async () => {
    const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    clock.textContent = Math.floor(seconds / 60) + " menit " + (seconds % 60) + " detik";
    for (const minutes of [5, 1]) {
      if (seconds <= minutes * 60 && seconds > minutes * 60 - 5 && told !== minutes) {
        told = minutes;
        say("Tinggal " + minutes + " menit.");
      }
    }
    if (seconds > 0 && seconds <= 3) record(); // what is being typed
    if (seconds === 0 && !over) await end();
    if (!over) setTimeout(tick, 1000);
  };

  const STATES = { answered: " dijawab", doubtful: " ragu-ragu", open: " belum dijawab" };
  const paint = (place) => {
    const link = links[place - 1];
    if (!link) return;
    const one = answers[place] || { letters: [], doubtful: false };
    const state = one.doubtful ? "doubtful" : one.letters.length ? "answered" : "open";
    link.className = "is-" + state;
    link.querySelector("span").textContent = STATES[state];
    if (place === n) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  };
  const make = (tag, attributes, ...inside) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...inside);
    return made;
  };
  const option = (kind, letter, text, chosen) => make("div", { className: "form-check cat-option" },
    make("input", { className: "form-check-input", type: kind === "several" ? "checkbox" : "radio", name: "jawaban", id: "pilihan-" + letter, value: letter, checked: chosen }),
    make("label", { className: "form-check-label", htmlFor: "pilihan-" + letter }, make("strong", {}, letter + "."), " " + text));
  // Pictures are there before their question is, so that a lost network hides none.
  const picture = (one) => {
    if (!pictures[one.n]) {
      pictures[one.n] = make("img", { alt: one.image, className: "cat-image", onerror: () => { delete pictures[one.n]; } });
      pictures[one.n].src = home + "soal/" + one.n + "/gambar/";
    }
    return pictures[one.n];
  };
  const gather = async () => {
    for (const one of questions || []) {
      if (one.image && !pictures[one.n]) await picture(one).decode().catch(() => {});
    }
  };
  const show = (place, pushed) => {
    const one = questions[place - 1], before = n;
    const now = answers[place] || { letters: [], doubtful: false };
    n = place;
    if (pushed) history.pushState({}, "", home + "soal/" + n + "/");
    form.action = home + "soal/" + n + "/";
    form.elements.tanda.value = mark();
    document.title = document.title.replace(/\d+/, n);
    find("title").replaceChildren("Soal " + n + " dari " + questions.length + " ", make("span", { className: "muted" }, one.component));
    find("stem").textContent = one.stem;
    find("image").replaceChildren(...(one.image ? [picture(one)] : []));
    find("hint").hidden = one.kind !== "several";
    find("options").replaceChildren(...(one.kind === "short"
      ? [make("label", { className: "form-label", htmlFor: "jawaban" }, "Jawaban Anda"),
         make("input", { className: "form-control", id: "jawaban", name: "jawaban", maxLength: 200, autocomplete: "off", value: now.letters[0] || "" })]
      : one.options.map(([letter, text]) => option(one.kind, letter, text, now.letters.includes(letter)))));
    form.elements.ragu.checked = now.doubtful;
    const back = cat.querySelector('[data-step="-1"]'), next = cat.querySelector('[data-step="1"]');
    back.hidden = n === 1;
    back.value = n - 1;
    next.value = Math.min(n + 1, questions.length);
    next.textContent = n < questions.length ? "Simpan dan lanjut" : "Simpan jawaban";
    paint(before);
    paint(n);
    find("title").focus();
  };
  // What the server knows, and over it what waits here.
  const learn = (given) => {
    Object.assign(answers, given);
    waiting().forEach((one) => { answers[one.n] = { letters: one.letters, doubtful: one.doubtful }; });
  };

  form.addEventListener("change", record);
  form.addEventListener("input", (event) => {
    if (event.target.type !== "text") return;
    clearTimeout(typing);
    typing = setTimeout(record, 1000);
  });
  form.addEventListener("submit", (event) => {
    record();
    if (!questions) return;
    event.preventDefault();
    const goes = Number(event.submitter ? event.submitter.value : n + 1);
    if (goes !== n && questions[goes - 1]) show(goes, true);
  });
  find("palette").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || !questions) return;
    event.preventDefault();
    record();
    show(links.indexOf(link) + 1, true);
  });
  find("finish").addEventListener("click", async (event) => {
    if (!waiting().length && navigator.onLine) return;
    event.preventDefault();
    await flush();
    if (!waiting().length && navigator.onLine) location.assign(event.target.href);
    else say("Belum tersambung: " + waiting().length + " jawaban menunggu. Tunggu sampai terkirim, lalu akhiri.");
  });
  window.addEventListener("popstate", () => {
    const place = Number((location.pathname.match(/soal\/(\d+)\//) || [])[1]);
    if (questions && questions[place - 1]) show(place, false); else location.reload();
  });
  window.addEventListener("online", () => { flush(); gather(); });
  document.addEventListener("visibilitychange", async () => {
    if (over) return;
    if (document.hidden) return record();
    try {
      const reply = await ask(home + "keadaan.json");
      if (!reply.ok) return leave();
      const state = await reply.json();
      ends = performance.now() + state.left;
      const given = {};
      for (const [place, [letters, doubtful]] of Object.entries(state.answers)) given[place] = { letters, doubtful };
      learn(given);
      if (questions) {
        questions.forEach((one) => paint(one.n));
        if (!same(seen(), answers[n] || { letters: [], doubtful: false })) show(n, false);
      }
    } catch (error) { /* the next answer tries again */ }
  });

  // Whoever loads the page without a network reads a calm sentence; what waits here is sent from the next page that opens.
  if (navigator.serviceWorker) navigator.serviceWorker.register(home + "luring.js").catch(() => {});

  find("since").hidden = true;
  answers[n] = seen();
  clear();
  tick();
  (async function load() {
    try {
      const reply = await ask(home + "soal.json");
      if (reply.status === 409 || reply.status === 404) return leave();
      const all = await reply.json();
      const given = {};
      all.questions.forEach((one) => { given[one.n] = { letters: one.chosen, doubtful: one.doubtful }; });
      given[n] = answers[n];
      learn(given);
      questions = all.questions;
      const late = waiting().some((one) => one.n === n);
      if (late) show(n, false);
      questions.forEach((one) => paint(one.n));
      cat.dataset.ready = "1";
      flush();
      gather();
    } catch (error) {
      setTimeout(load, 3000);
    }
  })();
});
