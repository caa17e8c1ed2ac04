// Proof of work for a form without account: searches the number of the task while its user writes.
// One file, two roles: in the page it starts itself as a worker and puts the answer into the form; in the worker it counts.
// Whatever goes wrong, the form is sent as it is: it has a road without proof.
(function () {
  "use strict";
  const AT_ONCE = 64, MOST_SECONDS = 60;

  async function hex(text) {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
  }

  async function search(task) {
    for (let from = 0; from <= task.maxnumber; from += AT_ONCE) {
      const numbers = Array.from({ length: AT_ONCE }, (_, n) => from + n);
      const hashes = await Promise.all(numbers.map((number) => hex(task.salt + number)));
      const found = hashes.indexOf(task.challenge);
      if (found >= 0) return from + found;
    }
    return null;
  }

  if (typeof document === "undefined") {
    self.onmessage = async (event) => self.postMessage(await search(event.data).catch(() => null));
    return;
  }

  const place = document.querySelector("[data-proof]");
  if (!place || !window.Worker || !window.crypto || !crypto.subtle) return;
  const form = place.closest("form"), task = JSON.parse(place.dataset.proof);
  let over = false, waits = false;

  function finish(number) {
    if (over) return;
    over = true;
    worker.terminate();
    clearTimeout(patience);
    if (number !== null) {
      const { algorithm, challenge, salt, signature } = task;
      form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
    if (waits) form.submit();
    else place.textContent = number === null ? "" : place.dataset.ready;
  }

  const worker = new Worker(document.currentScript.src);
  const patience = setTimeout(() => finish(null), MOST_SECONDS * 1000);
  worker.onmessage = (event) => finish(event.data);
  worker.onerror = () => finish(null);
  worker.postMessage(task);
  place.textContent = place.dataset.working;
  form.addEventListener("submit", (event) => {
    if (over) return;
    event.preventDefault();
    waits = true;
    place.textContent = place.dataset.sending;
  });
})();
