// Goes on with a scan by itself; without this module the button does it.

document.querySelector("form[data-continue]")?.requestSubmit();
