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

const WAITING = "desk.waiting";

const waiting = () => JSON.parse(window.localStorage.getItem(WAITING) ?? "[]");

function keep(acts) {
  if (acts.length) window.localStorage.setItem(WAITING, JSON.stringify(acts));
  else window.localStorage.removeItem(WAITING);
  const note = document.querySelector("[data-waiting]");
  if (note) note.hidden = !acts.length && navigator.onLine;
}

// --- a clerk's round: one page, whose steps are shown and hidden, so that it goes through without a signal ------------

const round = () => document.querySelector("[data-round]");

const nameOf = (act) => new URLSearchParams(act.body).get("task") ?? "";

/** Show one step of the round. */
function show(step) {
  const wanted = round().querySelector(`[data-part="${step}"]`) ? step : "cash";
  for (const part of round().querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== wanted;
  for (const link of round().querySelectorAll("[data-to]")) {
    if (link.dataset.to === wanted) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  const address = new URL(window.location.href);
  address.searchParams.set("step", wanted);
  window.history.replaceState(null, "", address);
}

const shown = () => round().querySelector("[data-part]:not([hidden])")?.dataset.part ?? "cash";

/** Say how far the round is: what waits on this phone is done for whoever did it. */
function tellProgress() {
  let next = "cash";
  let left = 0;
  for (const link of [...round().querySelectorAll("[data-to]")].reverse()) {
    const part = round().querySelector(`[data-part="${link.dataset.to}"]`);
    const open = part.querySelectorAll(".task").length;
    const told = link.querySelector("[data-all]");
    if (!told) continue;
    left += open;
    if (open) next = link.dataset.to;
    const all = Math.max(Number(told.dataset.all), open);
    told.textContent = told.dataset.text.replace("{done}", written(all - open)).replace("{all}", written(all));
    link.querySelector("progress").value = all ? all - open : 1;
    link.classList.toggle("over", !open);
    for (const each of part.querySelectorAll("[data-when]")) each.hidden = (each.dataset.when === "over") === open > 0;
  }
  for (const link of round().querySelectorAll("[data-next]")) {
    const name = round().querySelector(`[data-to="${next}"] strong`).textContent;
    link.textContent = link.dataset.text.replace("{step}", name);
    link.dataset.next = next;
  }
  const note = round().querySelector("[data-left]");
  note.hidden = !left;
  note.textContent = note.dataset.text.replace("{n}", written(left));
  const acts = waiting();
  const end = round().querySelector("form[data-keeps]:not(.task form)");
  if (end) {
    end.hidden = acts.some((act) => !nameOf(act));
    round().querySelector("[data-ended]").hidden = !end.hidden;
  }
}

/** What a clerk changed in a card and has not sent yet. */
function typedIn(card) {
  return [...card.querySelectorAll("input:not([type=hidden])")]
    .filter((field) => field.value !== field.defaultValue)
    .map((field) => [field.name, field.value]);
}

/** Say above everything what the desk refused where its card is gone. */
function tell(words) {
  const line = document.createElement("p");
  line.className = "refusal";
  line.textContent = words;
  document.querySelector(".told").append(line);
}

/** Take the round over from a page of the desk; what was typed stays, and what waits here is not asked for again. */
function takeRound(page, refusals = new Map()) {
  const fresh = page.querySelector("[data-round]");
  if (!round() || fresh?.dataset.round !== round().dataset.round) {
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    for (const words of refusals.values()) tell(words);
    showSteppers();
    keep(waiting());
    return;
  }
  const step = shown();
  const typed = new Map([...round().querySelectorAll(".task")].map((card) => [card.id, typedIn(card)]));
  round().replaceWith(document.adoptNode(fresh));
  for (const card of round().querySelectorAll(".task")) {
    for (const [name, value] of typed.get(card.id) ?? []) {
      const field = card.querySelector(`[name="${name}"]`);
      if (!field) continue;
      field.value = value;
      for (const folded of card.querySelectorAll("details")) folded.open ||= folded.contains(field);
    }
  }
  document.querySelector(".told").replaceChildren(...page.querySelectorAll(".told > :not(.refusal)"));
  const cards = new Map([...round().querySelectorAll(".task [name=task]")].map((field) => [field.value, field.closest(".task")]));
  for (const [task, words] of refusals) {
    const place = cards.get(task)?.querySelector("[data-refusal]");
    if (place) {
      place.textContent = words;
      place.hidden = false;
    } else tell(words);
  }
  for (const act of waiting()) withWaiting(act);
  showSteppers();
  show(step);
  tellProgress();
  keep(waiting());
}

/** An act that waits is done for whoever did it: its card goes, and a count of the same goods is asked for with them in mind. */
function withWaiting(act) {
  const fields = new URLSearchParams(act.body);
  for (const card of round().querySelectorAll(".task")) {
    const field = (name) => card.querySelector(`[name="${name}"]`);
    if (field("task").value === fields.get("task")) {
      card.remove();
      continue;
    }
    const isCount = field("task").value.startsWith("count-");
    if (!isCount || fields.get("act") !== "done" || field("slot").value !== fields.get("slot")) continue;
    if (field("sku").value !== fields.get("sku")) continue;
    const sign = { fill: 1, waste: -1, clear: -1 }[fields.get("task").split("-")[0]] ?? 0;
    const qty = Number.parseInt(ASCII(fields.get("qty")), 10) || 0;
    const was = Math.max(0, Number(field("was").value) + sign * qty);
    field("was").value = String(was);
    if (field("qty").value === field("qty").defaultValue) field("qty").value = field("qty").defaultValue = written(was);
  }
}

/** Keep an act of a round until there is a signal; its card leaves the page as if it had been sent. */
function postpone(form, submitter) {
  const body = [...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]);
  const act = { action: form.action, body };
  keep([...waiting(), act]);
  if (form.closest(".task")) withWaiting(act);
  tellProgress();
}

/** Take what was sent off the list; what was kept meanwhile stays on it. */
function sent(act) {
  const same = JSON.stringify(act);
  keep(waiting().filter((each) => JSON.stringify(each) !== same));
}

/** What the desk refused, in words; empty where it did as it was asked. */
function refusalOf(page, isTaken) {
  const words = [...page.querySelectorAll(".told .refusal")].map((each) => each.textContent.trim());
  if (!isTaken) words.push(page.querySelector("main p")?.textContent.trim() ?? "");
  return words.filter(Boolean).join(" ");
}

let isCatchingUp = false;

/** Send what waits, oldest first, each after the one before it; what the desk could not take now, stays with all behind it. */
async function catchUp() {
  const acts = waiting();
  keep(acts);
  if (!acts.length || isCatchingUp) return;
  isCatchingUp = true;
  const refusals = new Map();
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
      if (answer.status >= 500 || answer.status === 429) break; // busy: in a moment again
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      sent(act);
      const words = refusalOf(told, answer.ok);
      if (words) refusals.set(nameOf(act), words);
      if (answer.ok) page = told;
    }
    if (!page && refusals.size) {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
    }
  } catch {
    // Still no signal: the next look is a moment later.
  } finally {
    isCatchingUp = false;
  }
  if (page?.querySelector("main")) takeRound(page, refusals);
}

/** Send one act of the round. Whatever waits already goes first; without a signal, or while the desk is busy, it is kept. */
async function act(form, submitter) {
  const card = form.closest(".task");
  const beside = card?.nextElementSibling ?? card?.previousElementSibling;
  const next = beside?.id;
  if (waiting().length) {
    postpone(form, submitter);
    catchUp();
  } else {
    try {
      const body = new URLSearchParams(new FormData(form, submitter));
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      if (answer.url.includes("/sign-in") || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
        window.location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const words = refusalOf(page, true);
      takeRound(page, new Map(words ? [[form.querySelector("[name=task]")?.value ?? "", words]] : []));
    } catch {
      postpone(form, submitter);
    }
  }
  form.removeAttribute(RESTING);
  if (!round()) return;
  const again = card && document.getElementById(card.id);
  const place = again ?? (next && document.getElementById(next)) ?? round().querySelector("[data-part]:not([hidden])");
  (place.querySelector("button.main") ?? place.querySelector("a.button") ?? place).focus();
}

document.addEventListener("click", (event) => {
  if (!round()) return;
  const link = event.target.closest("a[data-to], a[data-next], a[data-needs-signal]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute("data-needs-signal")) {
    if (navigator.onLine && !waiting().length) return;
    event.preventDefault();
    const note = link.closest("[data-part], .task").querySelector("[data-no-signal]");
    if (note) note.hidden = false;
    return;
  }
  event.preventDefault();
  show(link.dataset.to ?? link.dataset.next);
  if (link.hasAttribute("data-next")) round().querySelector("[data-part]:not([hidden])").focus();
  window.scrollTo(0, 0);
});

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
  if (round()) {
    for (const each of waiting()) withWaiting(each);
    tellProgress();
  }
  catchUp();
  window.addEventListener("online", catchUp);
  window.addEventListener("offline", () => keep(waiting()));
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
  if (form.hasAttribute("data-keeps") && round()) {
    event.preventDefault();
    await act(form, event.submitter);
    return;
  }
  const card = form.closest(".place");
  if (!card) return;
  event.preventDefault();
  try {
    const page = await send(form, event.submitter);
    if (!page || !take(page, card)) window.location.reload();
  } catch {
    // Sent by the browser itself, the same token makes it the same act, and the browser shows what is wrong.
    form.submit();
  }
});

// The menu opens and closes without this; a page that comes back, or becomes wide, begins with it closed.
const closeMenu = () => document.getElementById("menu")?.hidePopover?.();
window.addEventListener("pageshow", closeMenu);
window.matchMedia("(min-width: 58rem)").addEventListener("change", closeMenu);

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(`[${RESTING}]`)) form.removeAttribute(RESTING);
});
