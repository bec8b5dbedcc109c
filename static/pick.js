"use strict";
// Keys of entries, found by a part of their name. Without this they are typed as they are.
document.addEventListener("focusin", ({ target }) => {
  if (!("pick" in target.dataset) || target.getAttribute("role")) return;
  const address = new URL("/api/v1/suggest", location);
  if (target.dataset.pick) address.searchParams.set("kind", target.dataset.pick);
  target.dataset.kinds = document.querySelector("[data-suggest]")?.dataset.kinds || "";
  target.dataset.suggest = address;
  suggest(target, (entry) => { target.value = entry.key; });
});
