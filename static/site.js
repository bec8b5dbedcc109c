"use strict";
// Everything here is on top of pages that work without it: suggestions while typing, notes that open
// where they stand, and a button that copies.

// --- suggestions: a combobox with a list, after the ARIA Authoring Practices -------------------
// `pick` is given the chosen entry: {key, kind, name}. `shown`: what to show of the entries found for
// what was typed.
const visit = (entry) => location.assign(`/entries/${encodeURIComponent(entry.key)}/`);
function suggest(input, pick = visit, shown = (items) => items) {
  const list = document.createElement("ul");
  const said = document.createElement("p");
  list.id = `${input.id}options`;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  said.className = "v";
  said.setAttribute("role", "status");
  input.after(list);
  input.form.append(said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const kinds = input.dataset.kinds.split(" ");
  let chosen = -1, timer = 0, asked = "", request = null, found = [];

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function choose(number) {
    const rows = list.children;
    if (!rows.length) return;
    chosen = number < -1 ? rows.length - 1 : number >= rows.length ? -1 : number;
    [...rows].forEach((row, place) => row.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", rows[chosen].id);
      rows[chosen].scrollIntoView({ block: "nearest" });
    }
  }
  function take(row) {
    pick(found[[...list.children].indexOf(row)]);
    close();
  }
  function show(items) {
    found = items;
    list.replaceChildren(...items.map((item, place) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const kind = document.createElement("span");
      row.id = `${list.id}${place}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      const matched = item.matched && item.matched !== item.name ? ` (${item.matched})` : "";
      name.textContent = item.name + matched;
      kind.textContent = item.kind;
      kind.className = `kind k${kinds.indexOf(item.kind) + 1}`;
      row.append(name, kind);
      return row;
    }));
    chosen = -1;
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = items.length ? `${items.length} suggestions` : "No suggestions";
  }
  async function ask() {
    const prefix = input.value.trim();
    if (prefix === asked) return;
    asked = prefix;
    if (request) request.abort();
    if (prefix.length < 2) return close();
    request = new AbortController();
    try {
      const address = new URL(input.dataset.suggest, location);
      address.searchParams.set("prefix", prefix);
      const answer = await fetch(address, { signal: request.signal });
      if (answer.ok) show(shown((await answer.json()).items, prefix));
    } catch { /* typed on, or offline: the form still searches */ }
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) { asked = ""; ask(); return; }
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row) take(row);
  });
  input.addEventListener("blur", close);
}

// --- suggesting a change of one statement: with the address of its entry's form ----------------
function suggestLink(mark) {
  const whole = document.getElementById("suggest_");
  if (!whole) return [];
  const link = document.createElement("a");
  const statement = mark.closest("[id]:not([id^=cite_], [id^=note_])").id;
  const own = /^[a-z0-9][a-z0-9-]*$/.test(statement) ? `&statement=${statement}` : "";
  link.href = whole.getAttribute("href") + own;
  link.className = "suggest-this";
  link.rel = "nofollow";
  link.textContent = "Suggest a change";
  return [link];
}

// --- notes: all sources of one statement, beside the number that was chosen --------------------
function openNotes(link) {
  const panel = document.createElement("div");
  const items = document.createElement("ul");
  panel.className = "pop";
  panel.popover = "auto";
  panel.tabIndex = -1;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Sources of this statement");
  for (const mark of link.closest(".c").querySelectorAll("a")) {
    const note = document.getElementById(mark.hash.slice(1));
    if (!note) continue;
    const item = document.createElement("li");
    const number = document.createElement("b");
    number.textContent = mark.textContent;
    item.append(number, ...[...note.childNodes].map((node) => node.cloneNode(true)));
    item.querySelector(".back").remove();
    items.append(item);
  }
  if (!items.children.length) return false;
  panel.append(items, ...suggestLink(link));
  link.closest(".c").after(panel);
  panel.showPopover();
  const at = link.getBoundingClientRect();
  const height = panel.offsetHeight, width = panel.offsetWidth;
  const below = at.bottom + 6 + height <= innerHeight || at.top < height + 6;
  const top = below ? at.bottom + 6 : at.top - height - 6;
  const left = Math.min(Math.max(at.left - 16, 16), innerWidth - width - 16);
  panel.style.top = `${top + scrollY}px`;
  panel.style.left = `${Math.max(left, 8) + scrollX}px`;
  panel.focus({ preventScroll: true });
  panel.addEventListener("toggle", (event) => { if (event.newState === "closed") panel.remove(); });
  return true;
}

// --- the text to cite --------------------------------------------------------------------------
function offerCopy(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy screen";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = "Selected: copy it now";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  });
  text.after(button);
}

document.querySelectorAll("input[data-suggest]").forEach((input) => suggest(input));
document.querySelectorAll(".cite").forEach(offerCopy);
if ("popover" in HTMLElement.prototype) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".c > a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    if (openNotes(link)) event.preventDefault();
  });
}
