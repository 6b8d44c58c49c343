// The pick list works without this. With it, ticks stay on this phone for the day: a reload, a call or an empty battery
// must not begin the packing anew. They are a note of the person who packs; the books learn of a fill at the machine.

const list = document.querySelector("[data-pick]");
const boxes = [...list.querySelectorAll("input[type=checkbox]")];
const told = document.querySelector(".picked");
const PREFIX = "picks ";
const key = PREFIX + list.dataset.pick;

/** Places ticked before on this day; nothing where the browser keeps nothing. */
function load() {
  try {
    for (const old of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX) && each !== key)) {
      localStorage.removeItem(old);
    }
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept : []);
  } catch {
    return new Set();
  }
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(boxes.filter((box) => box.checked).map((box) => box.value)));
  } catch {
    // Full or forbidden: the ticks hold until the page is closed.
  }
}

/** A whole number in the reader's digits. */
function digits(number) {
  return [...String(number)].map((digit) => [...list.dataset.digits][Number(digit)]).join("");
}

function tell() {
  const done = boxes.filter((box) => box.checked).length;
  told.hidden = false;
  told.textContent = told.dataset.text.replace("{done}", digits(done)).replace("{all}", digits(boxes.length));
}

const ticked = load();
for (const box of boxes) box.checked = ticked.has(box.value);
tell();
list.addEventListener("change", () => {
  keep();
  tell();
});

const print = document.querySelector(".print");
print.hidden = false;
print.addEventListener("click", () => window.print());
