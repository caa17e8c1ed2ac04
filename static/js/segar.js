// Keeps a list of the desk fresh: asks every ten seconds whether it changed and names what it shows by its ETag.
// Whoever writes or reads a form in it is not disturbed: a line says that there is something new. Without JavaScript the
// button loads the page again.
(function () {
  "use strict";
  const EVERY_SECONDS = 10;
  const list = document.querySelector("[data-refresh]");
  if (!list || !window.fetch) return;
  const checked = document.querySelector("[data-checked]"), told = document.querySelector("[data-told]");
  const words = list.dataset;
  let tag = words.tag, asking = false;

  function say(text) {
    if (told.textContent !== text) told.textContent = text;
  }

  // Somebody is in the middle of something there: a field has the focus, a form is unfolded or filled in.
  function busy() {
    const focused = document.activeElement;
    if (list.contains(focused) && focused.matches("input, select, textarea")) return true;
    if (list.querySelector("details[open]")) return true;
    return Array.from(list.querySelectorAll("input:not([type=hidden]), textarea")).some((one) => one.value !== one.defaultValue);
  }

  // What stands in the place of what had the focus: the same address or button of the same question.
  function place(focused) {
    if (!list.contains(focused)) return null;
    const item = focused.closest("[id]");
    const all = item ? Array.from(item.querySelectorAll("a, button, summary")) : [];
    return item && { id: item.id, number: all.indexOf(focused) };
  }

  function show(html) {
    const before = place(document.activeElement);
    list.innerHTML = html;
    const item = before && document.getElementById(before.id);
    const same = item && item.querySelectorAll("a, button, summary")[before.number];
    if (same) same.focus({ preventScroll: true });
    say(words.wordsNew);
  }

  async function ask() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(words.refresh, { headers: { "If-None-Match": '"' + tag + '"' }, cache: "no-store", redirect: "error" });
      if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      const html = answer.status === 200 ? await answer.text() : null;
      checked.textContent = words.wordsChecked + " " + new Date().toLocaleTimeString("id-ID");
      if (html === null) {
        if (told.textContent === words.wordsLost) say("");
      } else if (busy()) {
        say(words.wordsWait);
      } else {
        tag = answer.headers.get("ETag").replace(/^W\/|"/g, "");
        show(html);
      }
    } catch {
      say(words.wordsLost);
    } finally {
      asking = false;
    }
  }

  setInterval(ask, EVERY_SECONDS * 1000);
  document.addEventListener("visibilitychange", ask);
})();
