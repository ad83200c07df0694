// Logging a gift: the limit answers while it is typed, and people are found by a few letters.
// The server says everything; this only asks it and puts its answer in place.

import { findPeople } from "./combobox.js";

const PAUSE = 120;
const form = document.querySelector("form[data-look]");
let asking;
let timer;

document.documentElement.classList.add("has-script");
watchFinder();

form.addEventListener("input", ({ target }) => {
  if (target.name === "who") return;
  clearTimeout(timer);
  timer = setTimeout(() => ask({}, ["limit", "dock", "send"]), PAUSE);
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=remove]");
  if (!button) return;
  event.preventDefault();
  ask({ remove: button.value }, ["who", "limit", "dock", "send"]).then(focusOnWho);
});

form.addEventListener("change", ({ target }) => {
  if (target.name !== "pick" || target.value === "new") return;
  ask({}, ["who", "limit", "dock", "send"]).then(focusOnValue);
});

async function ask(more, parts) {
  asking?.abort();
  asking = new AbortController();
  const sent = new FormData(form);
  sent.set("look", "limit");
  for (const [name, value] of Object.entries(more)) sent.set(name, value);
  try {
    const answer = await fetch(form.dataset.look, {
      method: "POST",
      body: sent,
      headers: { "X-Fragment": "live" },
      signal: asking.signal,
    });
    if (answer.ok) put(await answer.text(), parts);
  } catch (error) {
    // An answer that comes too late, or no network: the form itself still works.
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

function put(html, parts) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const name of parts) {
    const fresh = page.querySelector(`[data-swap="${name}"]`);
    const open = [...document.querySelectorAll(`[data-swap="${name}"] details`)].map((d) => d.open);
    for (const place of document.querySelectorAll(`[data-swap="${name}"]`)) {
      place.replaceChildren(...[...fresh.childNodes].map((node) => node.cloneNode(true)));
      if (name === "limit") place.querySelectorAll("details").forEach((d, i) => (d.open = open[i] ?? d.open));
    }
  }
  if (parts.includes("who")) watchFinder();
  document.body.classList.toggle("has-dock", Boolean(document.querySelector(".dock")));
  say();
}

function say() {
  const verdict = document.querySelector('.aside [data-swap="limit"] .verdict p');
  const words = verdict ? verdict.textContent.trim() : "";
  const line = document.querySelector("[data-said]");
  if (line.textContent !== words) line.textContent = words;
}

function watchFinder() {
  findPeople(form.querySelector("[data-finder]"), {
    day: () => form.elements.given_on.value,
    pick: (id) => ask({ pick: id, who: "" }, ["who", "limit", "dock", "send"]).then(focusOnValue),
    add: (name) => {
      form.elements.who.value = "";
      form.querySelector(".newcomer").open = true;
      form.elements.new_name.value = name;
      form.elements.new_employer.focus();
    },
  });
}

function focusOnValue() {
  form.elements[form.elements.cost.value ? "description" : "cost"].focus();
}

function focusOnWho() {
  form.elements.who.focus();
}
