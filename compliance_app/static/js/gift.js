// Logging a gift: the limit answers while it is typed, people are found by a few letters, and
// nothing typed is lost when the line is. The server says everything; this puts it in place.

const PAUSE = 60;
const ANSWERS = ["limit", "dock", "send"];
const form = document.querySelector("form[data-look]");
let asking;
let timer;
let sending = false;
let changed = false;

watchFinder();
// Where no keyboard covers the page, the first thing to say is asked at once.
if (form.hasAttribute("data-fresh") && matchMedia("(pointer: fine)").matches) {
  form.elements.who.focus();
}

form.addEventListener("input", ({ target }) => {
  changed = true;
  if (target.name === "who" || target.name === "pick") return;
  clearTimeout(timer);
  const parts = target.name.startsWith("new_") ? ["alike", ...ANSWERS] : ANSWERS;
  timer = setTimeout(() => ask({}, parts), PAUSE);
});

// Enter after the value goes on to what is still to be said, instead of sending half a form.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "cost" || form.elements.description.value) return;
  event.preventDefault();
  form.elements.description.focus();
});

form.addEventListener("change", ({ target }) => {
  if (target.name !== "pick" || target.value === "new") return;
  ask({}, ["who", ...ANSWERS]).then(focusOnValue);
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (button?.name === "remove") {
    event.preventDefault();
    ask({ remove: button.value }, ["who", ...ANSWERS]).then(() => form.elements.who.focus());
  } else if (button?.name === "receipt_drop") {
    event.preventDefault();
    button.closest(".receipt").remove();
    document.getElementById("receipt").focus();
  } else if (button?.name === "day") {
    event.preventDefault();
    form.elements.given_on.value = button.value;
    ask({}, ANSWERS);
  }
});

// A receipt goes at once, so that a large or wrong one is said at once and nothing is sent twice.
form.addEventListener("change", async ({ target }) => {
  if (target.type !== "file" || !target.files.length) return;
  const box = target.closest(".receipts");
  const large = [...target.files].find((file) => file.size > Number(box.dataset.largest));
  const sent = new FormData();
  sent.set("csrf_token", form.elements.csrf_token.value);
  for (const note of form.querySelectorAll("[name=receipt_kept]")) {
    sent.append("receipt_kept", note.value);
  }
  for (const file of large ? [] : target.files) sent.append("receipt", file);
  box.classList.add("is-sending");
  try {
    const answer = large ? null : await post(box.dataset.address, sent, "receipts");
    if (large || answer.status === 413) return failReceipt(box, tooLarge(large, box));
    const place = box.querySelector("[data-swap=receipts]");
    if (answer.ok || answer.status === 422) place.innerHTML = await answer.text();
    if (answer.ok) say(`${[...target.files].map((file) => file.name).join(", ")} is kept.`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    failReceipt(box, "The connection was lost. Choose the receipt again when you are back online.");
  } finally {
    target.value = "";
    box.classList.remove("is-sending");
  }
});

function tooLarge(file, box) {
  const [has, may] = [file?.size ?? 0, box.dataset.largest].map((n) => (n / 1048576).toFixed(1));
  return `${file?.name ?? "This"} has ${has} MB; a receipt may have ${may} MB. Photograph it in a smaller size, or send a PDF.`;
}

function failReceipt(box, sentence) {
  const line = Object.assign(document.createElement("p"), { className: "error", role: "alert" });
  line.textContent = sentence;
  box.querySelector("[data-swap=receipts] > .error")?.remove();
  box.querySelector("[data-swap=receipts]").append(line);
}

// Sending: by script, so that a lost line costs nothing; its key makes a second try the same gift.
form.addEventListener("submit", async (event) => {
  if (event.submitter?.name) {
    sending = true;
    return;
  }
  event.preventDefault();
  if (sending) return;
  sending = true;
  document.body.classList.add("is-sending");
  fail("");
  try {
    const answer = await post(form.action, new FormData(form), "sent");
    if (answer.status === 201) return location.assign(answer.headers.get("Location"));
    if ([400, 401, 413].includes(answer.status)) return form.submit();
    replaceMain(await answer.text());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    fail(
      "The connection was lost. Everything you typed is still here: send it again when you " +
        "are back online. It will be one gift, even if it arrived the first time.",
    );
  }
  sending = false;
  document.body.classList.remove("is-sending");
});

// Whoever puts the phone away, or leaves, finds what they began as a draft, on any device.
addEventListener("visibilitychange", keepDraft);
addEventListener("pagehide", keepDraft);
function keepDraft({ type }) {
  const { cost, description, recipients, who } = form.elements;
  const begun = cost.value || description.value || recipients || who.value;
  const stays = type !== "pagehide" && document.visibilityState === "visible";
  if (stays || sending || !changed || !begun) return;
  const address = form.dataset.draft;
  if (!address) return;
  changed = false;
  const body = new FormData(form);
  body.delete("receipt");
  const headers = { "X-Fragment": "draft" };
  fetch(address, { method: "POST", body, headers, keepalive: true }).catch(() => (changed = true));
}

function fail(sentence) {
  const failed = form.querySelector("[data-failed]");
  failed.textContent = sentence;
  failed.hidden = !sentence;
  if (sentence) failed.scrollIntoView({ block: "center" });
}

// The whole page, refused: it takes this one's place, and the script starts anew on it.
function replaceMain(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector("form[data-look]");
  if (!fresh) return form.submit();
  form.replaceChildren(...fresh.childNodes);
  for (const name of ["limit", "dock"]) swap(page, name);
  watchFinder();
  form.querySelector("[data-focus]")?.focus();
}

function post(address, body, fragment, signal) {
  return fetch(address, { method: "POST", body, headers: { "X-Fragment": fragment }, signal });
}

async function ask(more, parts) {
  asking?.abort();
  asking = new AbortController();
  const sent = new FormData(form);
  sent.set("look", "limit");
  sent.delete("receipt");
  for (const [name, value] of Object.entries(more)) sent.set(name, value);
  try {
    const answer = await post(form.dataset.look, sent, "live", asking.signal);
    if (answer.ok) put(await answer.text(), parts);
  } catch (error) {
    // An answer that comes too late, or no network: the form itself still works.
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

function put(html, parts) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const name of parts) swap(page, name);
  if (parts.includes("who")) watchFinder();
  document.body.classList.toggle("has-dock", Boolean(document.querySelector(".dock")));
  const verdicts = document.querySelectorAll(".alike legend, .aside .amount, .aside .verdict p");
  say([...verdicts].map((one) => one.textContent.trim().replace(/\s+/g, " ")).join(" "));
}

function swap(page, name) {
  const fresh = page.querySelector(`[data-swap="${name}"]`);
  for (const place of document.querySelectorAll(`[data-swap="${name}"]`)) {
    const open = [...place.querySelectorAll("details")].map((one) => one.open);
    place.replaceChildren(...[...fresh.childNodes].map((node) => node.cloneNode(true)));
    if (name === "limit") {
      place.querySelectorAll("details").forEach((one, i) => (one.open = open[i] ?? one.open));
    }
  }
}

function say(words) {
  const line = document.querySelector("[data-said]");
  if (line.textContent !== words) line.textContent = words;
}

function focusOnValue() {
  form.elements[form.elements.cost.value ? "description" : "cost"].focus();
}

function addNewcomer(name) {
  form.elements.who.value = "";
  form.querySelector(".newcomer").hidden = false;
  form.elements.new_name.value = name;
  form.elements.new_employer.focus();
  ask({}, ["alike", ...ANSWERS]);
}

// The finder: the list pattern of the ARIA guide, with the server's people in it.
function watchFinder() {
  const finder = form.querySelector("[data-finder]");
  const input = finder.querySelector("input");
  const list = document.createElement("ul");
  let looking;
  let pause;
  let at = -1;

  list.className = "found";
  list.id = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  finder.append(list);
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-expanded", "false"],
    ["aria-controls", list.id],
  ]) {
    input.setAttribute(name, value);
  }

  const options = () => [...list.querySelectorAll("[role=option]")];
  const look = () => find(input.value.trim());
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(look, PAUSE);
  });
  input.addEventListener("focus", look);
  input.addEventListener("click", () => list.hidden && look());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden && step) look();
    else if (list.hidden) return;
    else if (step) mark(at < 0 && step < 0 ? -1 : at + step);
    else if (event.key === "Enter" && at >= 0) take(options()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(event.target.closest("[role=option]"));
  });

  async function find(words) {
    looking?.abort();
    looking = new AbortController();
    const query = new URLSearchParams({ q: words, day: form.elements.given_on.value });
    try {
      const answer = await fetch(`${finder.dataset.finder}?${query}`, { signal: looking.signal });
      if (answer.ok && !answer.redirected) show(await answer.text(), words);
    } catch (error) {
      // An older answer, or no network: the field still works as a plain one.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  function show(html, words) {
    const box = new DOMParser().parseFromString(html, "text/html").querySelector("ul");
    list.setAttribute("aria-label", box.getAttribute("aria-label"));
    list.replaceChildren(...box.children);
    for (const name of list.querySelectorAll("[data-match]")) underline(name, words);
    const people = list.querySelectorAll("[data-id]").length;
    if (!list.children.length || document.activeElement !== input) return hide();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (words) mark(0);
    else mark(-1);
    say(`${people} ${people === 1 ? "person" : "people"} to choose from.`);
  }

  function mark(wanted) {
    const all = options();
    at = wanted < 0 && at < 0 ? -1 : (wanted + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  }

  function take(option) {
    if (!option) return;
    close();
    if (option.dataset.id) {
      ask({ pick: option.dataset.id, who: "" }, ["who", ...ANSWERS]).then(focusOnValue);
    } else addNewcomer(option.dataset.name);
  }

  function close() {
    clearTimeout(pause);
    looking?.abort();
    hide();
  }

  function hide() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}

// Each typed word, where a word of the text begins with it, whatever its case and accents.
function underline(element, words) {
  const signs = [...element.textContent];
  const plain = signs.map((sign) => sign.normalize("NFD")[0].toLowerCase()).join("");
  const marked = new Set();
  for (const word of words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").split(/\s+/)) {
    for (let i = word ? plain.indexOf(word) : -1; i >= 0; i = plain.indexOf(word, i + 1)) {
      if (i && /\p{L}/u.test(plain[i - 1])) continue;
      for (let k = 0; k < word.length; k += 1) marked.add(i + k);
    }
  }
  if (!marked.size) return;
  const parts = [];
  signs.forEach((sign, i) => {
    const isMarked = marked.has(i);
    if (!i || isMarked !== marked.has(i - 1)) {
      parts.push(isMarked ? document.createElement("mark") : new Text());
    }
    parts.at(-1).textContent += sign;
  });
  element.replaceChildren(...parts);
}
