// Approvals by keyboard: the card of the next request is fetched and put into the pane, reasons
// are asked for in a dialog. The server says everything; without this the same forms are sent.

const queue = document.querySelector("[data-queue]");
const pane = queue.querySelector("[data-pane]");
const keys = document.querySelector("#keys");
const keysAct = document.documentElement.dataset.shortcuts !== "off";
const opened = queue.classList.contains("opened");
const wide = matchMedia("(min-width: 51.3125rem)");

const links = () => [...queue.querySelectorAll(".queue-item")];
const here = () => links().findIndex((link) => link.hasAttribute("aria-current"));

if (document.querySelector("[data-toast]") && wide.matches) focusOnCard();

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey && key === "Enter" && target.closest("[data-say]")) {
    return target.closest("[data-say]").querySelector("[data-confirm] button").click();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !keysAct) return;
  if (target.closest("textarea, select, input:not([type=checkbox]), dialog[open]")) return;
  const act = { j: () => open(here() + 1), k: () => open(here() - 1), x: choose, u: undo, "?": help }[key];
  const button = pane.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!act && !button) return;
  event.preventDefault();
  if (act) act();
  else button.click();
});

queue.addEventListener("click", (event) => {
  const link = event.target.closest(".queue-item");
  if (link && wide.matches && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    if (link.hasAttribute("aria-current")) focusOnCard();
    else open(links().indexOf(link));
  }
  if (event.target.closest("[data-keys-help]")) help();
  if (event.target.closest("[data-cancel]")) event.target.closest("dialog").close();
  const button = event.target.closest("button[data-ask]");
  if (button) {
    event.preventDefault();
    ask(button);
  }
});

queue.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-decide]") || target.elements.next.value) return;
  const rest = links();
  const next = rest[here() + 1] ?? rest[here() - 1];
  if (next) target.elements.next.value = next.parentElement.dataset.reference;
});

queue.addEventListener("change", ({ target }) => {
  if (target.name === "reference") count();
});

async function open(place) {
  const link = links()[place];
  if (!link) return say(place < 0 ? "This is the first request." : "This is the last request.");
  const inPane = pane.contains(document.activeElement);
  const answer = await fetch(link.href, { headers: { "X-Fragment": opened ? "opened" : "card" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  const card = new DOMParser().parseFromString(await answer.text(), "text/html");
  pane.replaceChildren(...card.body.childNodes);
  for (const other of links()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", link.href);
  if (opened) document.title = `Gift ${link.parentElement.dataset.reference} · Tally 3220`;
  scrollTo(0, 0);
  if (inPane) focusOnCard();
  else link.focus({ preventScroll: true });
  say(`${place + 1} of ${links().length}: ${link.querySelector(".name").textContent.trim()}`);
}

function ask(button) {
  const dialog = pane.querySelector("[data-say]");
  const confirm = dialog.querySelector("[data-confirm]");
  const remedy = dialog.querySelector("[data-remedy]");
  dialog.querySelector("[data-ask]").textContent = button.dataset.ask;
  confirm.hidden = false;
  const decide = confirm.querySelector("button");
  decide.name = button.name;
  decide.value = button.value;
  decide.textContent = button.firstChild.textContent.replace("…", "").trim();
  if (remedy) remedy.hidden = !("remedied" in button.dataset);
  dialog.classList.remove("asked");
  dialog.showModal();
  dialog.querySelector("textarea").focus();
}

function choose() {
  const item = links()[here()]?.parentElement;
  const tick = item?.querySelector("input[type=checkbox]");
  if (!tick) return say("Only a gift without a flag can be approved together with others.");
  tick.checked = !tick.checked;
  count();
}

function count() {
  const number = queue.querySelectorAll("input[name=reference]:checked").length;
  queue.querySelector("[data-chosen]").textContent = number ? `(${number})` : "";
  say(`${number} chosen`);
}

function undo() {
  const button = document.querySelector("[data-toast] button");
  if (button) button.click();
  else say("There is nothing to undo.");
}

function help() {
  keys.showModal();
}

function focusOnCard() {
  pane.querySelector("[data-card]")?.focus();
}

function say(words) {
  queue.querySelector("[data-said]").textContent = words;
}
