/* The key of a new entry, suggested while its name is typed. The server does the same. */
(() => {
  const name = document.getElementById("name_");
  const key = document.getElementById("key_");
  if (!name || !key) return;
  const suggested = (text) =>
    text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase()
      .replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80).replace(/-+$/, "");
  let isOwn = key.value !== "" && key.value !== suggested(name.value);
  key.addEventListener("input", () => { isOwn = key.value !== ""; });
  name.addEventListener("input", () => { if (!isOwn) key.value = suggested(name.value); });
})();
