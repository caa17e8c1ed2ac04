// The live board asks again by itself, but not while nobody looks, and not while somebody reads inside the table.
document.addEventListener("htmx:beforeRequest", (event) => {
  const inside = document.activeElement && document.activeElement.closest("#tabel, #per-ruang, nav ul");
  if (event.target.id === "skor" && (document.hidden || inside)) event.preventDefault();
});
