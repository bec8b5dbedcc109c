"use strict";
// The form of a document. It works without this: buttons then send the form, and it comes back.
// Here rows come and go in place, keys are found by name, dates say what they mean, and the form
// saves itself.
const form = document.getElementById("document_form");
const said = document.getElementById("form_status");
const announced = document.getElementById("form_said");
const FIRST_TRY = 5000, LAST_TRY = 60000, PAUSE = 2000; // milliseconds
const KEEPALIVE = 60000; // bytes that a browser sends for a page that is being left

const edited = () => form.dispatchEvent(new Event("edited"));
const say = (text) => { announced.textContent = text; };

// --- rows ---------------------------------------------------------------------------------------
const shownRows = (list) => [...list.children].filter((row) => !row.classList.contains("removed"));
const FIRST = "input:not([type=hidden]), select, textarea, button.t";
const summaryOf = (row) => row?.querySelector(":scope > details > summary")?.textContent
  || [...row?.querySelector(":scope > fieldset > .t")?.childNodes || []]
    .filter((node) => node.nodeName !== "SPAN").map((node) => node.textContent).join("").trim();
const titleOf = (row) => summaryOf(row)
  || row.querySelector("input[type=text], textarea, select")?.value || "the row";

function add(button) {
  const list = button.previousElementSibling;
  const template = document.getElementById(button.dataset.template);
  const name = button.value.slice("add:".length);
  list.dataset.next = Number(list.dataset.next || 1000) + 1;
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML
    .replaceAll("~row~", `${name}.${list.dataset.next}`)
    .replaceAll("~list~", name)
    .replaceAll("~number~", list.dataset.next);
  const row = holder.content.firstElementChild;
  list.append(row);
  row.querySelector(FIRST).focus();
  say(`Added. There are ${shownRows(list).length} now.`);
  edited();
}

function move(button, by) {
  const row = button.closest(".row"), list = row.parentElement;
  const rows = shownRows(list), place = rows.indexOf(row), other = rows[place + by];
  if (!other) return say(by < 0 ? "It is the first." : "It is the last.");
  if (by < 0) other.before(row); else other.after(row);
  button.focus();
  say(`Moved to place ${place + by + 1} of ${rows.length}.`);
  edited();
}

function remove(button) {
  const row = button.closest(".row"), box = row.querySelector("fieldset");
  const line = document.createElement("p"), back = document.createElement("button");
  const title = titleOf(row);
  box.disabled = true;
  row.classList.add("removed");
  line.className = "back";
  line.textContent = `Removed: ${title} `;
  back.type = "button";
  back.textContent = "Put back";
  back.addEventListener("click", () => {
    line.remove();
    box.disabled = false;
    row.classList.remove("removed");
    box.querySelector(FIRST)?.focus();
    edited();
  });
  line.append(back);
  row.append(line);
  back.focus();
  edited();
}

// The first source of a field begins an entry of the map that holds the sources of fields.
let entries = 1000;
function cite(button) {
  const list = button.previousElementSibling, name = `field_cites.${entries += 1}`;
  for (const [of, value] of [["field_cites", entries], [`${name}:name`, button.value.slice("cite:".length)]]) {
    list.before(Object.assign(document.createElement("input"), { type: "hidden", name: of, value }));
  }
  list.id = `f-${name}`;
  button.value = `add:${name}`;
  add(button);
}

// --- rows that are closed -----------------------------------------------------------------------
// They travel whole, in one hidden field; the server draws their fields when they are opened.
function addTools(row) {
  const acts = document.createElement("div"), name = row.querySelector(".t").value.slice("open:".length);
  acts.className = "acts";
  for (const [verb, label, mark] of [["up", "Move up", "↑"], ["down", "Move down", "↓"], ["remove", "Remove", "×"]]) {
    const button = Object.assign(document.createElement("button"), {
      name: "do", value: `${verb}:${name}`, textContent: mark,
    });
    button.setAttribute("aria-label", `${label}: ${titleOf(row)}`);
    acts.append(button);
  }
  row.firstElementChild.append(acts);
}

async function fieldsOf(button) {
  const held = button.previousElementSibling;
  const ask = () => fetch(form.action, {
    method: "POST",
    body: new URLSearchParams([
      ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value || ""],
      ["do", button.value], [held.name, held.value],
    ]),
    headers: { "X-Fields": "1", Accept: "application/json" },
    redirect: "manual",
  });
  let answer;
  try {
    answer = await ask();
    if (answer.status === 403 && await freshToken()) answer = await ask();
  } catch {
    throw new Error("Not opened: no connection. Try again when there is one.");
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) {
    throw new Error("Not opened: you were signed out. Sign in in another tab, and try again.");
  }
  if (!answer.ok) throw new Error(`Not opened: the server answered ${answer.status}. Try again.`);
  return answer.text();
}

async function open(button) {
  const place = button.closest(".closed"), holder = document.createElement("template");
  if (place.getAttribute("aria-busy")) return;
  place.setAttribute("aria-busy", "true");
  place.querySelector("[role=alert]")?.remove();
  try {
    holder.innerHTML = await fieldsOf(button);
  } catch (problem) {
    const line = document.createElement("p");
    line.className = "errors";
    line.setAttribute("role", "alert");
    line.textContent = problem.message;
    place.firstElementChild.append(line);
    return;
  } finally {
    place.removeAttribute("aria-busy");
  }
  const isSame = !isUnsaved(), opened = holder.content.firstElementChild;
  place.replaceWith(opened);
  if (isSame) confirmed = content(); // the same, in more fields
  if (problemsTold.length) showProblems(problemsTold);
  opened.querySelector(FIRST).focus();
}

for (const row of form.querySelectorAll(".row.closed")) addTools(row);

const ROWS = { add, cite, open, create, up: (b) => move(b, -1), down: (b) => move(b, 1), remove };

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  const act = button && ROWS[button.value.split(":")[0]];
  if (!act) return;
  event.preventDefault();
  act(button);
});

// --- what was understood ------------------------------------------------------------------------
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];

function readable(text) {
  const found = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text.trim());
  if (!text.trim()) return "";
  if (!found) return "Write YYYY, YYYY-MM or YYYY-MM-DD.";
  const [, year, month, day] = found;
  const last = new Date(Date.UTC(2000, Number(month), 0));
  last.setUTCFullYear(Number(year), Number(month), 0);
  if (month && (month < 1 || month > 12)) return `There is no month ${month}.`;
  if (day && (day < 1 || day > last.getUTCDate())) {
    return `There is no day ${day} in ${MONTHS[month - 1]} ${year}.`;
  }
  return month ? [day && Number(day), MONTHS[month - 1], year].filter(Boolean).join(" ") : "";
}

const echo = (input, text) => {
  const output = input.parentElement.querySelector("output.echo");
  if (output) output.textContent = text;
};

form.addEventListener("input", ({ target }) => {
  if ("date" in target.dataset) echo(target, readable(target.value));
  if ("pick" in target.dataset) echo(target, "");
  if (target.list) {
    const term = [...target.list.options].find((option) => option.value === target.value);
    echo(target, term ? term.label : "");
  }
});

// --- keys, found by name ------------------------------------------------------------------------
form.addEventListener("focusin", ({ target }) => {
  if (!("pick" in target.dataset)) return;
  createInto(target);
  if (target.getAttribute("role")) return;
  const kinds = target.dataset.pick.split(" ").filter(Boolean);
  const address = new URL("/api/v1/suggest", location);
  for (const kind of kinds) address.searchParams.append("kind", kind);
  target.dataset.suggest = address;
  target.dataset.kinds = form.dataset.kinds;
  suggest(target, (entry) => {
    if (entry.isNew) return offerNew(target, entry.typed, entry.isNew);
    target.value = entry.key;
    echo(target, entry.name);
    edited();
  }, (items, typed) => {
    const own = brought.filter(({ key, kind, name }) => (!kinds.length || kinds.includes(kind))
      && [key, name].some((text) => text.toLowerCase().includes(typed.toLowerCase()))
      && !items.some((item) => item.key === key));
    return [...own, ...items, ...newOption(typed, kinds)];
  });
});

// --- a new entry, without leaving ---------------------------------------------------------------
const brought = JSON.parse(document.getElementById("form_brought")?.textContent || "[]") || [];
const keyFrom = (name) => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(/[^a-z0-9]+/g, "-").replace(/^-/, "").slice(0, 80).replace(/-$/, "");

function newOption(typed, kinds) {
  const kind = kinds[0] || form.elements["new.kind"]?.value;
  if (!kind) return [];
  return [{ isNew: kind, typed, kind: "", name: `Create “${typed}” as a new ${kind} …` }];
}

function offerNew(input, typed, kind) {
  const box = document.getElementById("form_new");
  createInto(input);
  form.elements["new.kind"].value = kind;
  form.elements["new.name"].value = typed;
  form.elements["new.key"].value = keyFrom(typed);
  box.open = true;
  box.scrollIntoView({ block: "center" });
  form.elements["new.name"].focus();
}

// The same as the button does without a script, but the page stays as it is.
let intoBox = null;
async function create() {
  const [kind, key, name] = ["kind", "key", "name"].map((each) => form.elements[`new.${each}`]);
  const asked = { kind: kind.value, key: key.value.trim() || keyFrom(name.value), name: name.value.trim() };
  const input = intoBox?.isConnected ? intoBox : null, before = input?.value;
  const box = document.getElementById("form_new");
  box.querySelector("[role=alert]")?.remove();
  if (input) input.value = asked.key;
  const made = await save({ creating: asked });
  if (made?.created) {
    brought.push(made.created);
    if (input) echo(input, made.created.name);
    for (const each of [key, name]) each.value = "";
    box.open = false;
    (input || box.querySelector("summary")).focus();
    return say(`“${made.created.name}” is part of this changeset now.`);
  }
  if (input) input.value = before;
  const line = document.createElement("p");
  line.className = "errors";
  line.setAttribute("role", "alert");
  line.textContent = made?.detail || "Not created: no connection. Try again when there is one.";
  box.append(line);
}

// A new entry goes into the field that one has come from.
function createInto(input) {
  const into = form.elements["new.into"], note = document.getElementById("new_into");
  if (!into || !input.id) return;
  const label = form.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.firstChild.textContent.trim()
    || input.getAttribute("aria-label");
  const row = summaryOf(input.closest("details")?.closest(".row"));
  intoBox = input;
  into.value = input.name;
  note.textContent = `Its key goes into “${label}”${row ? ` of ${row}` : ""}, where you were last.`;
  const kind = form.elements["new.kind"], wanted = input.dataset.pick.split(" ")[0];
  if (wanted) kind.value = wanted;
}

// --- saving -------------------------------------------------------------------------------------
// `confirmed` is what the server has, as it was posted. Anything else is kept in this browser too.
const STORE = form.dataset.store, UNSENT = new Set(["csrfmiddlewaretoken", "version"]);
let confirmed = "", timer = 0, wait = FIRST_TRY, isSaving = false, isSent = false;
let isStale = "conflict" in form.dataset; // until somebody has looked at both sides

function posted() {
  const fields = [...new FormData(form)];
  return new URLSearchParams(fields.filter(([name]) => !["pasted", "file"].includes(name)
    && !name.startsWith("new.")));
}
function content() {
  const pairs = [...posted()].filter(([name]) => !UNSENT.has(name));
  return new URLSearchParams(pairs).toString();
}
const isUnsaved = () => content() !== confirmed;

function tell(text, link) {
  said.textContent = text;
  if (!link) return;
  const anchor = document.createElement("a");
  Object.assign(anchor, link);
  said.append(" ", anchor);
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify({
      at: Date.now(), version: form.elements.version.value, fields: posted().toString(),
    }));
  } catch { /* full or forbidden: the server still gets it */ }
}
function forget() {
  try { localStorage.removeItem(STORE); } catch { /* nothing was kept */ }
}

function again(after) {
  clearTimeout(timer);
  timer = setTimeout(save, after);
}

// `creating`: kind, key and name of a new entry; the answer says what became of it.
async function save({ isLeaving = false, creating = null } = {}) {
  clearTimeout(timer);
  while (creating && isSaving) await new Promise((done) => { setTimeout(done, 50); });
  if (isSaving || isSent || (!creating && (isStale || !isUnsaved()))) return null;
  const sent = content(), body = posted();
  if (creating) body.append("do", "create");
  for (const [name, value] of Object.entries(creating || {})) body.append(`new.${name}`, value);
  isSaving = !isLeaving;
  if (!isLeaving) tell("Saving …");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Autosave": "1", Accept: "application/json" },
      redirect: "manual",
      keepalive: isLeaving && body.toString().length < KEEPALIVE,
    });
    isSaving = false;
    return await heard(answer, sent, creating);
  } catch {
    isSaving = false;
    tell("Not saved: no connection, will try again. Your text is kept in this browser.");
    again(wait);
    wait = Math.min(wait * 2, LAST_TRY);
    return null;
  }
}

async function heard(answer, sent, creating) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return signedOut();
  if (answer.status === 403) return (await freshToken()) ? again(0) : signedOut();
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  const told = isJson ? await answer.json() : {};
  if (answer.status === 409 && creating) {
    tell("Not saved yet");
    again(PAUSE);
    return told;
  }
  if (answer.status === 409) {
    isStale = true;
    tell(`${told.detail} `);
    return said.append(offer("See both", () => form.querySelector("button.main").click()));
  }
  if (!answer.ok) {
    again(LAST_TRY);
    return tell(`Not saved: ${told.detail || `the server answered ${answer.status}`}. Will try again.`);
  }
  confirmed = sent;
  wait = FIRST_TRY;
  form.elements.version.value = told.version;
  tell(`Saved ${new Date(told.saved_at).toLocaleTimeString("en-GB")}`);
  showProblems(told.problems);
  if (isUnsaved()) again(PAUSE); else forget();
  return told;
}

function signedOut() {
  tell("You were signed out: your text is kept in this browser.", {
    href: form.dataset.signIn, target: "_blank",
    textContent: "Sign in in another tab and it is saved",
  });
  again(FIRST_TRY);
}

// Signing in again changes the token that our forms carry.
async function freshToken() {
  const answer = await fetch(form.action, { redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("#document_form [name=csrfmiddlewaretoken]");
  if (!token || token.value === form.elements.csrfmiddlewaretoken.value) return false;
  form.elements.csrfmiddlewaretoken.value = token.value;
  return true;
}

// --- what is wrong ------------------------------------------------------------------------------
function listed(problems, make) {
  const list = document.createElement("ul");
  list.className = "errors";
  list.append(...problems.map((problem) => {
    const item = document.createElement("li");
    item.append(...make(problem));
    return item;
  }));
  return list;
}

let problemsTold = [];

// The element of this id, or the nearest around it: a row may be closed.
function nearest(id) {
  for (let name = id; name.includes("."); name = name.slice(0, name.lastIndexOf("."))) {
    const found = document.getElementById(name);
    if (found) return found;
  }
  return document.getElementById(id);
}

function showProblems(problems) {
  problemsTold = problems;
  document.getElementById("form_required")?.remove();
  const box = document.getElementById("form_problems");
  for (const old of form.querySelectorAll(".errors")) old.remove();
  for (const old of form.querySelectorAll(".wrong:not(.raw)")) old.classList.remove("wrong");
  for (const old of form.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
  box.hidden = !problems.length;
  box.querySelector("h2").textContent = problems.length === 1
    ? "1 thing to put right" : `${problems.length} things to put right`;
  box.append(listed(problems, ({ id, label, place, detail }) => {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = label || place || "The document";
    return [link, ` ${detail}`];
  }));
  const byId = new Map();
  for (const each of problems) byId.set(each.id, [...(byId.get(each.id) || []), each]);
  for (const [id, those] of byId) mark(nearest(id), those);
}

function mark(box, problems) {
  const field = box?.closest(".field, .row, .part, section");
  if (!field || box === form) return;
  const list = listed(problems, ({ detail }) => [detail]);
  list.id = `e-${box.id}`;
  field.classList.add("wrong");
  if (box.matches("input, select, textarea")) {
    box.setAttribute("aria-invalid", "true");
    const about = (box.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    box.setAttribute("aria-describedby", [...new Set([list.id, ...about])].join(" "));
    box.parentElement.append(list);
  } else box.before(list);
}

// A place in the list of problems may be in a row that is closed.
form.addEventListener("click", async (event) => {
  const link = event.target.closest("#form_problems a[href^='#']");
  const id = link && decodeURIComponent(link.hash.slice(1));
  let place = link && nearest(id);
  if (!place) return;
  event.preventDefault();
  const closed = place.closest(".closed")?.querySelector(".t");
  if (closed) {
    await open(closed);
    place = nearest(id);
  }
  for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  place.scrollIntoView({ block: "center" });
  place.focus();
});

// --- what this browser kept ---------------------------------------------------------------------
function kept() {
  try { return JSON.parse(localStorage.getItem(STORE)); } catch { return null; }
}

function offerBack() {
  const found = kept();
  if (!found) return;
  const fields = [...new URLSearchParams(found.fields)];
  const own = new URLSearchParams(fields.filter(([name]) => !UNSENT.has(name))).toString();
  if (own === confirmed || found.version === form.dataset.savedFrom) return forget();
  const box = document.createElement("div"), at = new Date(found.at).toLocaleString("en-GB");
  box.className = "notice";
  box.setAttribute("role", "status");
  box.append(`This browser keeps text of ${at} that was not saved. `,
    offer("Bring it back", () => bringBack(fields)),
    " ",
    offer("Throw it away", () => { forget(); box.remove(); }));
  form.prepend(box);
}

function offer(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

// The server draws it: it knows how many rows there are.
function bringBack(fields) {
  const sender = document.createElement("form");
  sender.method = "post";
  sender.action = form.action;
  const token = form.elements.csrfmiddlewaretoken?.value;
  const own = fields.filter(([name]) => name !== "csrfmiddlewaretoken");
  for (const [name, value] of [...own, ["csrfmiddlewaretoken", token], ["do", "show"]]) {
    const input = document.createElement("textarea"); // keeps line breaks
    input.name = name;
    input.value = value;
    sender.append(input);
  }
  sender.hidden = true;
  document.body.append(sender);
  isSent = true;
  sender.submit();
}

// --- when ---------------------------------------------------------------------------------------
let keeping = 0;
for (const event of ["input", "change", "edited"]) {
  form.addEventListener(event, () => {
    clearTimeout(keeping);
    keeping = setTimeout(() => { if (isUnsaved()) keep(); }, 300);
    if (isStale) return;
    tell("Not saved yet");
    again(PAUSE);
  });
}
form.addEventListener("submit", (event) => {
  if (isSent) return event.preventDefault();
  isSent = true;
  if (isUnsaved()) keep();
  clearTimeout(timer);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) { isSent = false; again(0); }
});
addEventListener("beforeunload", (event) => {
  if (!isSent && isUnsaved()) event.preventDefault();
});
addEventListener("pagehide", () => { if (!isSent && isUnsaved()) { keep(); save({ isLeaving: true }); } });
document.addEventListener("visibilitychange", () => {
  if (!isSent && isUnsaved()) { keep(); again(0); }
});
addEventListener("online", () => again(0));

confirmed = form.dataset.unsaved ? "" : content();
if (form.dataset.unsaved) again(PAUSE); else offerBack();
