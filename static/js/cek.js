// Looks one participant number up in the right bucket; the number itself never leaves the browser.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-cek]");
  if (!form || !window.crypto || !crypto.subtle) return;
  form.hidden = false;
  const answer = document.getElementById("jawaban");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const number = form.elements.nomor.value.toUpperCase().replace(/[^0-9A-Z]/g, "");
    if (!number) {
      answer.textContent = "Tulis nomor peserta Anda dahulu.";
      form.elements.nomor.focus();
      return;
    }
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(number));
    const hex = Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
    const bucket = hex.slice(0, Number(form.dataset.cek)) || "semua";
    let found = null;
    try {
      const reply = await fetch("cek/" + bucket + ".json");
      if (reply.ok) found = (await reply.json())[number];
      else if (reply.status !== 404) throw new Error(reply.status);
    } catch (error) {
      answer.textContent = "Sambungan terputus. Coba lagi sebentar lagi.";
      return;
    }
    answer.textContent = found
      ? number + ": " + found[1] + " Jabatan: " + found[2] + "." + (found[3] ? " Peringkat " + found[3] + "." : "")
      : "Nomor " + number + " tidak ada dalam daftar ini. Periksa lagi nomor peserta di halaman lamaran Anda.";
  });
});
