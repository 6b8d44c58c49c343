// The plan of places works without this: each place has its form. With it, on a screen wide enough to see the plan, products
// change places by dragging or by arrow keys. Nothing is saved here: the server previews and checks the arrangement.

const form = document.querySelector("[data-arrange]");
const places = [...document.querySelectorAll("[data-place]")];
const told = form.querySelector(".arrange-told");
const before = new Map(places.map((place) => [place.dataset.place, ware(place).dataset.sku]));
const wide = window.matchMedia("(min-width: 700px)");
const FAR_PX = 6; // less is a click with an unsteady hand
const ASIDE = 3; // a place straight ahead is nearer than one aside, also when it is farther away

function ware(place) {
  return place.querySelector(".ware");
}

/** A sentence of the server with its names put in. */
function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A whole number in the reader's digits. */
function digits(number) {
  return [...String(number)].map((digit) => [...form.dataset.digits][Number(digit)]).join("");
}

/** Let each handle name what it moves, and the form what changes. */
function settle() {
  for (const old of form.querySelectorAll("[name=place]")) old.remove();
  let changes = 0;
  for (const place of places) {
    const { sku, name } = ware(place).dataset;
    const slot = place.dataset.place;
    place.querySelector(".grip").setAttribute("aria-label", say(form.dataset.label, { name, slot }));
    const isMoved = sku !== before.get(slot);
    place.classList.toggle("moved", isMoved);
    if (!isMoved) continue;
    changes += 1;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "place", value: `${slot} ${sku}` });
    form.append(field);
  }
  form.querySelector(".arrange-qty").textContent = say(form.dataset.changes, { n: digits(changes) });
  form.classList.toggle("idle", !changes);
  form.querySelector(".main").disabled = !changes;
}

/** The products of two places change places; whether they did. */
function swap(from, to) {
  const here = ware(from);
  const there = ware(to);
  for (const [goods, place] of [[here, to], [there, from]]) {
    if (!("loose" in goods.dataset) || "open" in place.dataset) continue;
    told.textContent = say(form.dataset.loose, goods.dataset);
    return false;
  }
  const gap = document.createComment("");
  here.replaceWith(gap);
  there.replaceWith(here);
  gap.replaceWith(there);
  settle();
  const names = { name: here.dataset.name, slot: to.dataset.place, other: there.dataset.name, was: from.dataset.place };
  told.textContent = say(form.dataset.moved, names);
  return true;
}

/** The nearest place in a direction, as the eye sees it: the same for scripts from both sides. */
function neighbour(from, across, down) {
  const middle = (place) => {
    const box = place.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const place of places) {
    const [px, py] = middle(place);
    const ahead = (px - x) * across + (py - y) * down;
    const aside = Math.abs((px - x) * down) + Math.abs((py - y) * across);
    if (ahead > 1 && ahead + ASIDE * aside < least) [best, least] = [place, ahead + ASIDE * aside];
  }
  return best;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function press(event) {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  const from = event.currentTarget.closest("[data-place]");
  const to = neighbour(from, ...arrow);
  if (!to) {
    told.textContent = form.dataset.edge;
    return;
  }
  if (swap(from, to)) to.querySelector(".grip").focus();
}

let drag = null;

function grab(event) {
  if (!wide.matches || event.button || !event.isPrimary) return;
  if (event.pointerType !== "mouse" && !event.target.closest(".grip")) return; // a finger on the card scrolls
  drag = { from: event.currentTarget, x: event.clientX, y: event.clientY, isMoving: false, over: null };
}

function move(event) {
  if (!drag) return;
  const across = event.clientX - drag.x;
  const down = event.clientY - drag.y;
  if (!drag.isMoving && Math.hypot(across, down) < FAR_PX) return;
  drag.isMoving = true;
  event.preventDefault();
  drag.from.classList.add("lifted");
  ware(drag.from).style.translate = `${across}px ${down}px`;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]") ?? null;
  drag.over?.classList.remove("target");
  drag.over = over === drag.from ? null : over;
  drag.over?.classList.add("target");
}

function release(isDropped) {
  if (!drag) return;
  const { from, over, isMoving } = drag;
  drag = null;
  from.classList.remove("lifted");
  over?.classList.remove("target");
  ware(from).style.translate = "";
  if (!isMoving) return;
  // The click that ends a drag opens no form; it comes before any timer.
  const hold = (click) => click.preventDefault();
  window.addEventListener("click", hold, { capture: true });
  setTimeout(() => window.removeEventListener("click", hold, { capture: true }));
  if (isDropped && over) swap(from, over);
}

function begin() {
  for (const place of places) {
    const grip = document.createElement("button");
    Object.assign(grip, { type: "button", className: "grip", textContent: "⠿" });
    grip.setAttribute("aria-describedby", "drag-help");
    grip.addEventListener("keydown", press);
    place.append(grip);
    place.addEventListener("pointerdown", grab);
    place.addEventListener("dragstart", (event) => event.preventDefault()); // the browser would drag the link
  }
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", () => release(true));
  window.addEventListener("pointercancel", () => release(false));
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") release(false);
  });
  form.querySelector("[data-back]").addEventListener("click", () => window.location.reload());
  document.getElementById("drag-help").hidden = false;
  form.hidden = false;
  settle();
}

begin();
