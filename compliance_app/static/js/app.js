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
