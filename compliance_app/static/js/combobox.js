// A text field that finds people as it is typed into: the list pattern of the ARIA guide.

const PAUSE = 120;

export function findPeople(finder, { day, pick, add }) {
  const input = finder.querySelector("input");
  const list = document.createElement("ul");
  let asking;
  let timer;
  let at = -1;

  finder.classList.add("live");
  list.className = "found";
  list.id = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People who fit");
  finder.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden) return;
    if (step) mark(at + step);
    else if (event.key === "Enter") take(options()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(event.target.closest("[role=option]"));
  });

  async function look() {
    const words = input.value.trim();
    asking?.abort();
    if (!words) return close();
    asking = new AbortController();
    const address = `${finder.dataset.finder}?${new URLSearchParams({ q: words, day: day() })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok) show(await answer.text(), words);
    } catch (error) {
      // An older answer, or no network: the field still works as a plain one.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  function show(html, words) {
    const page = new DOMParser().parseFromString(html, "text/html");
    list.replaceChildren(...page.querySelectorAll("[role=option]"));
    for (const name of list.querySelectorAll("[data-match]")) underline(name, words);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(0);
  }

  function mark(wanted) {
    const all = options();
    at = (wanted + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  }

  function take(option) {
    if (!option) return;
    close();
    if (option.dataset.id) pick(option.dataset.id);
    else add(option.dataset.name);
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function options() {
    return [...list.querySelectorAll("[role=option]")];
  }
}

function underline(element, words) {
  const text = element.textContent;
  const start = text.toLowerCase().indexOf(words.toLowerCase());
  if (start < 0) return;
  const found = document.createElement("mark");
  found.textContent = text.slice(start, start + words.length);
  element.replaceChildren(text.slice(0, start), found, text.slice(start + words.length));
}
