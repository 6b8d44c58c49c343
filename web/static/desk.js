// The desk works without this. With it, a fill keeps its place on the page, a button is pressed once, and what a clerk does in a
// round without a signal is kept on the phone and sent when there is one: its token makes it one act, however often it is sent.

const RESTING = "data-resting";

/** Send a form as the browser would, and return the page that answers. */
async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Put the card of one place, and what the page says, into this page; leave everything else where it is. */
function take(page, card) {
  const told = page.querySelector(".told");
  const fresh = page.getElementById(card.id);
  if (!told || !page.querySelector("main")) return false;
  document.querySelector(".told").replaceChildren(...told.childNodes);
  freshen(page);
  if (fresh) {
    card.replaceWith(document.adoptNode(fresh));
    showSteppers();
    document.getElementById(card.id).querySelector("button, summary")?.focus();
  } else {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    next?.querySelector("button.main, button, summary")?.focus();
  }
  if (!document.querySelector(".place")) window.location.reload();
  return true;
}

/** Take over what the answer knows better: how far the round is. */
function freshen(page) {
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (fresh) part.replaceWith(document.adoptNode(fresh));
  }
}

const WAITING = "desk.waiting";

const waiting = () => JSON.parse(window.localStorage.getItem(WAITING) ?? "[]");

function keep(acts) {
  if (acts.length) window.localStorage.setItem(WAITING, JSON.stringify(acts));
  else window.localStorage.removeItem(WAITING);
  const note = document.querySelector("[data-waiting]");
  if (note) note.hidden = !acts.length;
}

/** Keep an act of a round until there is a signal; its card leaves the page as if it had been sent. */
function postpone(form, submitter, card) {
  const body = [...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]);
  keep([...waiting(), { action: form.action, body }]);
  card.remove();
}

/** Take what was sent off the list; what was kept meanwhile stays on it. */
function sent(act) {
  const same = JSON.stringify(act);
  keep(waiting().filter((each) => JSON.stringify(each) !== same));
}

/** Show the page that came last, with everything that the desk said to any of the acts: a refusal must be read. */
function showAll(page, told) {
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  document.querySelector(".told").replaceChildren(...told);
  hideWaiting();
  showSteppers();
  keep(waiting());
}

/** What waits is done for whoever did it: the desk, which has not heard of it, must not ask for it again. */
function hideWaiting() {
  const done = new Set(waiting().map((act) => new URLSearchParams(act.body).get("task")));
  for (const field of document.querySelectorAll(".task [name=task]")) {
    if (done.has(field.value)) field.closest(".task").remove();
  }
}

let isCatchingUp = false;

/** Send what waits, oldest first; what the desk could not take now, stays. */
async function catchUp() {
  const acts = waiting();
  keep(acts);
  if (!acts.length || isCatchingUp) return;
  isCatchingUp = true;
  const told = [];
  let page = null;
  try {
    for (const act of acts) {
      const body = new URLSearchParams(act.body);
      // The session may be another one by now: its token stands on this page.
      body.set("csrf_token", document.querySelector("[name=csrf_token]")?.value ?? "");
      const answer = await fetch(act.action, { method: "POST", body, credentials: "same-origin" });
      if (answer.url.includes("/sign-in")) {
        window.location.reload(); // signed out: it waits until somebody is signed in
        return;
      }
      if (!answer.ok) continue;
      sent(act);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      told.push(...page.querySelectorAll(".told > *"));
    }
  } catch {
    // Still no signal: the next look is a moment later.
  } finally {
    isCatchingUp = false;
  }
  if (page?.querySelector("main")) showAll(page, told);
}

const ASCII = (text) => text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);

/** Write a number in the digits of the page. */
const written = (number) => {
  const zero = { fa: 0x6f0, ar: 0x660 }[document.documentElement.lang] ?? 0x30;
  return [...String(number)].map((digit) => String.fromCharCode(zero + Number(digit))).join("");
};

/** The buttons for one more and one less need this script; without it the number is typed. */
function showSteppers() {
  for (const button of document.querySelectorAll("[data-step]")) button.hidden = false;
}

showSteppers();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  const now = Number.parseInt(ASCII(field.value), 10) || 0;
  field.value = written(Math.max(0, now + Number(button.dataset.step)));
});

if (document.querySelector("[data-waiting]")) {
  catchUp();
  window.addEventListener("online", catchUp);
  window.setInterval(catchUp, 5000);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.hasAttribute(RESTING)) {
    event.preventDefault();
    return;
  }
  form.setAttribute(RESTING, "");
  const card = form.closest(".place");
  if (!card) return;
  event.preventDefault();
  try {
    const page = await send(form, event.submitter);
    if (!page || !take(page, card)) window.location.reload();
  } catch {
    if (card.closest("[data-keeps]")) {
      postpone(form, event.submitter, card);
      return;
    }
    // Sent by the browser itself, the same token makes it the same act, and the browser shows what is wrong.
    form.submit();
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(`[${RESTING}]`)) form.removeAttribute(RESTING);
});
