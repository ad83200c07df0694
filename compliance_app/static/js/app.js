// What every page needs: focus goes to the errors, menus close, and a page that was left
// after signing out is not shown again from the browser's memory.

document.querySelector("[data-focus]")?.focus();

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

addEventListener("pointerdown", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What was just done is said once more, since a reader of the screen hears only changes; the
// way to undo it goes when its time is over.
for (const said of document.querySelectorAll(".flash[role=status], .flash [role=status]")) {
  const words = said.textContent;
  said.textContent = "";
  setTimeout(() => (said.textContent = words), 100);
}

for (const toast of document.querySelectorAll("[data-toast]")) {
  setTimeout(() => {
    if (toast.contains(document.activeElement)) document.querySelector("main").focus();
    toast.remove();
  }, 10_000);
}

addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  // Where the browser keeps the clipboard closed, what is selected is copied by hand.
  const copied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
  button.textContent = copied ? "Copied" : "Selected: copy it now";
});

// What takes a while comes after the page; where it does not, the link to it stays.
for (const place of document.querySelectorAll("[data-load]")) {
  place.setAttribute("aria-busy", "true");
  const answer = await fetch(place.dataset.load, { headers: { "X-Fragment": "part" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...part.body.childNodes);
  } else {
    place.classList.add("failed");
    place.querySelector("a").textContent = "The figures did not come; open their page";
  }
  place.removeAttribute("aria-busy");
}
