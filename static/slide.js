"use strict";
// A slider over years, on top of a form that works without it: fetches the picture of that year,
// puts it in place of the one that is shown, and says in one sentence what changed.
const form = document.querySelector("form.slide");
const range = form.elements.year, beside = form.elements.with;
const output = form.querySelector("output"), said = document.getElementById("said_");
let waiting = 0, asked = null;

function query() {
  const end = `${range.value.padStart(4, "0")}-12-31`;
  const on = end > form.dataset.today && range.value === form.dataset.today.slice(0, 4)
    ? form.dataset.today : end;
  const params = new URLSearchParams({ on });
  if (beside.value) params.set("with", beside.value);
  return `?${params}`;
}

async function show() {
  asked?.abort();
  asked = new AbortController();
  const wanted = query();
  try {
    const answer = await fetch(form.dataset.part + wanted, { signal: asked.signal });
    if (!answer.ok) throw new Error(answer.status);
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const picture = holder.content.querySelector("figure");
    const old = document.getElementById(picture.id);
    old.querySelectorAll("details").forEach((each, place) => {
      const twin = picture.querySelectorAll("details")[place];
      if (twin && each.open) twin.open = true;
    });
    old.replaceWith(picture);
    said.textContent = picture.dataset.said;
    history.replaceState(null, "", form.getAttribute("action") + wanted);
    document.title = document.title.replace(/^[^·]*/, `${picture.querySelector("figcaption").textContent} `);
  } catch (problem) {
    if (problem.name !== "AbortError") form.submit();
  }
}

function soon() {
  output.value = range.value;
  clearTimeout(waiting);
  waiting = setTimeout(show, 120);
}
range.addEventListener("input", soon);
beside.addEventListener("change", soon);
