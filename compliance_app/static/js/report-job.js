// How far a report is that is made behind the page; when it begins and when it is over, the page
// is shown anew. Without this module the page asks again by itself.

const place = document.querySelector("[data-job]");
const bar = place?.querySelector("progress");
const step = place?.querySelector("[data-step]");

async function ask() {
  const answer = await fetch(place.dataset.job, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}

async function follow() {
  try {
    const job = await ask();
    if (job.state !== place.dataset.state) {
      location.reload();
      return;
    }
    bar.value = job.percent;
    if (job.step && step.textContent !== job.step) step.textContent = job.step;
  } catch {
    step.textContent = "The server does not answer; this page goes on asking.";
  }
  setTimeout(follow, 2_000);
}

if (place) follow();
