"use strict";
// On top of a page that works without it: fields beside the parameters of an address, and what it
// answers to them.

function fieldFor(row, endpoint) {
  const name = row.dataset.name;
  const choices = row.querySelector("[data-choices]")?.textContent.split(", ");
  const field = document.createElement(choices ? "select" : "input");
  if (choices) for (const choice of ["", ...choices]) field.add(new Option(choice, choice));
  else field.value = row.dataset.example || "";
  field.setAttribute("aria-label", `${name} of ${endpoint.dataset.path}`);
  field.autocomplete = "off";
  field.spellcheck = false;
  field.dataset.name = name;
  if (row.dataset.in) field.dataset.in = row.dataset.in;
  return field;
}

function addressOf(endpoint) {
  let path = endpoint.dataset.path;
  const query = new URLSearchParams();
  for (const field of endpoint.querySelectorAll("td [data-name]")) {
    const value = field.value.trim();
    if (field.dataset.in) path = path.replace(`{${field.dataset.name}}`, encodeURIComponent(value));
    else if (value) query.append(field.dataset.name, value);
  }
  const asked = query.toString();
  return asked ? `${path}?${asked}` : path;
}

async function call(endpoint, said, shown) {
  const address = addressOf(endpoint);
  const link = document.createElement("a");
  link.href = link.textContent = address;
  said.replaceChildren(link, " …");
  const begun = performance.now();
  try {
    const response = await fetch(address);
    const text = await response.text();
    const took = Math.round(performance.now() - begun);
    const tag = response.headers.get("ETag");
    said.replaceChildren(link, ` ${response.status}, ${took} ms${tag ? `, ETag ${tag}` : ""}`);
    shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
  } catch (problem) {
    said.replaceChildren(link, ` ${problem.message}`);
    shown.textContent = "";
  }
  shown.hidden = !shown.textContent;
}

function prepare(endpoint) {
  if (endpoint.dataset.ready) return;
  endpoint.dataset.ready = "yes";
  const heading = document.createElement("th");
  heading.scope = "col";
  heading.textContent = "Value";
  endpoint.querySelector("thead tr").append(heading);
  for (const row of endpoint.querySelectorAll("tbody tr")) {
    const cell = document.createElement("td");
    cell.append(fieldFor(row, endpoint));
    row.append(cell);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try it";
  const said = document.createElement("p");
  said.className = "tried";
  said.setAttribute("role", "status");
  const shown = document.createElement("pre");
  shown.tabIndex = 0;
  shown.setAttribute("role", "region");
  shown.setAttribute("aria-label", `Answer of ${endpoint.dataset.path}`);
  shown.hidden = true;
  endpoint.querySelector("table").after(button, said, shown);
  button.addEventListener("click", () => call(endpoint, said, shown));
  endpoint.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) call(endpoint, said, shown);
  });
}

for (const endpoint of document.querySelectorAll("details[data-path]")) {
  endpoint.addEventListener("toggle", () => endpoint.open && prepare(endpoint));
}

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && named.matches("details")) named.open = true;
}
window.addEventListener("hashchange", openNamed);
openNamed();
