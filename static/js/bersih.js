// After a test on a shared device: takes away what its page kept in this browser. What was not sent yet stays, and is told.
document.addEventListener("DOMContentLoaded", async () => {
  const place = document.querySelector("[data-clean]");
  const empty = (name) => {
    try { return JSON.parse(localStorage.getItem(name)).length === 0; } catch (error) { return false; }
  };
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(place.dataset.clean));
    names.filter(empty).forEach((name) => localStorage.removeItem(name));
    place.querySelector("[data-rest]").hidden = names.every((name) => localStorage.getItem(name) === null);
  } catch (error) { /* this browser keeps nothing */ }
  try {
    const worker = await navigator.serviceWorker.getRegistration(place.dataset.reach);
    if (worker) await worker.unregister();
  } catch (error) { /* there is none */ }
});
