// The shopper's screen: draws what the server publishes, sends what fingers do, and decides nothing.
// It keeps nothing between shoppers: no storage; the open sheet, the chosen tab and the mute end with the visit.

const LOST_MS = 2000; // silence after which prices are covered
const SEEN_MS = 1000; // how often the page tells the till that it can be seen
const TOUCH_MS = 2000; // a touch asks for more time at most this often
const SHEET_MS = 60000; // a sheet that nobody touches closes, thrice as late for those who asked for more time
const WORDS_MS = 6000; // how long an answer stays
const RETRY_MS = 400; // a lost request is sent once more, under the same id
const SEARCH_MS = 120; // typing pauses this long before the goods are searched
const LIVE_MS = 1000; // how often a sheet of living figures is drawn anew
const SCAN_GAP_MS = 300; // a keyboard scanner types faster than this

const root = document.documentElement;
const body = document.body;
const byId = (id) => document.getElementById(id);
const sheet = byId("sheet");
const said = byId("said");

let frame = JSON.parse(body.dataset.frame);
let heardAt = performance.now();
let drawnStream = -1;
let touchedAt = 0;
let sheetAt = 0;
let sheetAddress = null; // null also for a sheet that came as an answer: it has no address to ask for again
let answeredStream = -1; // the screen that stood when the last answer was given; it may be drawn after the answer
let isMuted = false;
let ends = {};
let audio = null;

const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// --- sounds: short, quiet tones made here ----------------------------------------------------------------------

const TONES = {
  coin: [[880, 0, 0.09], [1320, 0.07, 0.16]],
  added: [[660, 0, 0.09]],
  refused: [[220, 0, 0.16]],
  thanks: [[523, 0, 0.14], [659, 0.12, 0.14], [784, 0.24, 0.26]],
};

function play(name) {
  if (isMuted || audio === null || audio.state !== "running") return;
  for (const [hertz, start, length] of TONES[name]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const begin = audio.currentTime + start;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.06, begin + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + length);
  }
}

function wakeAudio() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

// --- words -----------------------------------------------------------------------------------------------------

let wordsTimer = 0;

function tell(text, { refusal = false, quiet = false } = {}) {
  clearTimeout(wordsTimer);
  said.textContent = text;
  said.classList.toggle("shown", !quiet);
  said.classList.toggle("refusal", refusal);
  if (refusal) play("refused");
  wordsTimer = setTimeout(hush, WORDS_MS);
}

function hush() {
  clearTimeout(wordsTimer);
  said.classList.remove("shown", "refusal");
  said.textContent = "";
}

const inDigits = (number) => String(number).replace(/\d/g, (digit) => frame.digits[Number(digit)]);

// --- drawing ---------------------------------------------------------------------------------------------------

function focusKey() {
  const active = document.activeElement;
  return active && active !== body ? active.dataset?.keep : undefined;
}

function findKept(key) {
  return key ? document.querySelector(`[data-keep="${CSS.escape(key)}"]`) : null;
}

function showPressed(button, isPressed) {
  if (button.getAttribute("aria-pressed") !== String(isPressed)) button.setAttribute("aria-pressed", String(isPressed));
}

function drawLocal() {
  const tab = body.dataset.tab === "machine" && frame.has_machine ? "machine" : frame.has_loose ? "loose" : "machine";
  for (const button of byId("tabs").querySelectorAll("[data-tab]")) {
    showPressed(button, button.dataset.tab === tab);
  }
  for (const name of ["machine", "loose"]) {
    if (byId(name).hidden !== (tab !== name)) byId(name).hidden = tab !== name;
  }
  for (const button of document.querySelectorAll("[data-mute]")) showPressed(button, isMuted);
}

function noteCountdowns() {
  const now = performance.now();
  ends = {};
  for (const [name, countdown] of Object.entries(frame.countdowns)) {
    if (countdown) ends[name] = { at: now + countdown.left, length: countdown.length };
  }
  drawCountdowns();
}

function drawCountdowns() {
  const now = performance.now();
  for (const place of document.querySelectorAll("[data-countdown]")) {
    const end = ends[place.dataset.countdown];
    const left = end ? Math.max(0, end.at - now) : 0;
    if (place.hasAttribute("data-last")) place.hidden = !end || left > end.length;
    place.style.setProperty("--left", String(end ? Math.min(1, left / end.length) : 0));
    const number = place.querySelector("[data-seconds]");
    const text = inDigits(Math.ceil(left / 1000));
    if (number && number.textContent !== text) number.textContent = text;
  }
}

function sayChanges(before, after) {
  if (after.held > before.held) play("coin");
  else if (after.lines > before.lines) play("added");
  else if (after.view === "thanks" && before.view !== "thanks") play("thanks");
  const words = after.said;
  const old = before.said;
  if (words && (!old || words.text !== old.text)) tell(words.text, { refusal: words.refusal, quiet: words.quiet });
}

function drawScreen(next) {
  const before = frame;
  const keep = focusKey();
  const regions = next.regions ?? {};
  frame = next;
  // Written only where it changes: the style of the whole page follows from these.
  const large = next.large ? "yes" : "no";
  if (root.lang !== next.lang) root.lang = next.lang;
  if (root.dir !== next.dir) root.dir = next.dir;
  if (root.dataset.view !== next.view) root.dataset.view = next.view;
  if (root.dataset.large !== large) root.dataset.large = large;
  for (const [id, html] of Object.entries(regions)) byId(id).innerHTML = html;
  if (keep && !document.activeElement?.dataset?.keep) findKept(keep)?.focus({ preventScroll: true });
  if (next.view !== before.view) {
    if (next.view === "idle") {
      body.dataset.tab = "machine";
      isMuted = false; // who needs the sounds must not find them off because of somebody else
    }
    const isShop = (view) => view === "idle" || view === "shopping";
    if (next.stream < before.stream) answeredStream = -1; // another server counts from the beginning
    const isAnswered = next.stream <= answeredStream; // the answer that is shown knew this screen already
    // An answer (a claim's number) outlives the thanks under it, but no sheet outlives its shopper.
    const stays = sheetAddress === null
      ? isAnswered || (next.view === "idle" && before.view === "thanks")
      : isShop(next.view) && isShop(before.view);
    if (!stays) closeSheet();
    if (!isAnswered) hush(); // what was said about the page before would be read as being about this one
  }
  if (next.lang !== before.lang && sheetAddress !== null) openSheet(...sheetAddress);
  drawLocal();
  noteCountdowns();
  sayChanges(before, next);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    drawnStream = next.stream;
    tellSeen();
  }));
}

// --- the stream, and what happens without it -------------------------------------------------------------------

let source = null;

function hear() {
  heardAt = performance.now();
  if (body.dataset.link !== "live") {
    body.dataset.link = "live";
    byId("floor").inert = false;
  }
}

function listen() {
  source?.close();
  source = new EventSource("/stream");
  source.addEventListener("screen", (event) => {
    hear();
    drawScreen(JSON.parse(event.data));
  });
  source.addEventListener("beat", hear);
  source.addEventListener("error", () => {
    // A browser gives up for good when the answer is no stream; a kiosk may not.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  });
}

function isHeard() {
  return performance.now() - heardAt < LOST_MS;
}

function tellSeen() {
  if (drawnStream < 0 || !isHeard() || document.hidden) return;
  fetch("/seen", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ stream: drawnStream }),
  }).catch(() => {});
}

function watchLink() {
  if (isHeard()) return;
  if (body.dataset.link !== "lost") {
    body.dataset.link = "lost";
    byId("floor").inert = true;
  }
}

// --- asking ----------------------------------------------------------------------------------------------------

async function send(address, content) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  };
  let response;
  try {
    response = await fetch(address, request);
  } catch {
    await new Promise((done) => setTimeout(done, RETRY_MS));
    response = await fetch(address, request);
  }
  return response.json();
}

async function ask(address, content, asker = null) {
  asker?.setAttribute("data-busy", "");
  try {
    const answer = await send(address, content);
    answeredStream = answer.stream;
    if (answer.sheet) {
      sheetAddress = null;
      showSheet(answer.sheet);
    } else if (answer.closes) closeSheet();
    if (!answer.sheet && (answer.refused || !answer.quiet)) tell(answer.said, { refusal: answer.refused });
    return answer;
  } catch {
    watchLink(); // the stream will tell, and cover the prices, if the server is gone
    return null;
  } finally {
    asker?.removeAttribute("data-busy");
  }
}

const tap = (kind, args = {}, asker = null) =>
  ask(`/tap/${kind}`, { tap: newId(), screen: frame.version, ...args }, asker);

// --- sheets ----------------------------------------------------------------------------------------------------

let opener = null;

function showSheet(html) {
  sheet.innerHTML = html;
  sheet.hidden = false;
  sheet.scrollTop = 0;
  byId("floor").scrollTop = 0;
  sheetAt = performance.now();
  body.dataset.sheet = "open";
  for (const part of ["hero", "cart", "browse", "stage"]) byId(part).inert = true;
  byId("sheet-title")?.focus({ preventScroll: true });
}

async function openSheet(name, of = "") {
  const response = await fetch(`/sheet/${name}?of=${encodeURIComponent(of)}`);
  if (!response.ok) return;
  sheetAddress = [name, of];
  showSheet(await response.text());
  if (sheet.querySelector("[data-search]")) search("");
}

// Only the living part is exchanged: the reader's place in it, and the way out under the finger, stay.
async function refreshSheet() {
  const part = sheet.querySelector("[data-live]");
  if (!part || sheet.hidden || sheetAddress === null) return;
  const [name, of] = sheetAddress;
  const response = await fetch(`/sheet/${name}?of=${encodeURIComponent(of)}`).catch(() => null);
  if (!response?.ok || !part.isConnected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-live]");
  if (fresh && part.isConnected) part.replaceChildren(...fresh.childNodes);
}

function closeSheet() {
  if (sheet.hidden) return;
  sheet.hidden = true;
  sheet.replaceChildren();
  sheetAddress = null;
  delete body.dataset.sheet;
  for (const part of ["hero", "cart", "browse", "stage"]) byId(part).inert = false;
  findKept(opener)?.focus({ preventScroll: true });
}

const token = new WeakMap();

function formContent(form) {
  const content = { ...JSON.parse(form.dataset.fixed ?? "{}") };
  for (const field of form.querySelectorAll("input[name]")) if (field.value) content[field.name] = field.value;
  if (form.dataset.token) {
    if (!token.has(form)) token.set(form, newId());
    content[form.dataset.token] = token.get(form);
  }
  if ("isTap" in form.dataset) Object.assign(content, { tap: newId(), screen: frame.version });
  return content;
}

let searchTimer = 0;
let searchNumber = 0;

async function search(query) {
  const number = ++searchNumber;
  const response = await fetch(`/search?q=${encodeURIComponent(query)}`);
  const html = response.ok ? await response.text() : "";
  const found = byId("found");
  if (found && number === searchNumber) found.innerHTML = html; // an older answer may come later
}

// --- keys on the glass -----------------------------------------------------------------------------------------

let field = null;

function currentField() {
  return field?.isConnected ? field : sheet.querySelector("[data-entry]");
}

function press(key) {
  const target = currentField();
  if (!target) return;
  if (key === "delete") target.value = target.value.trimEnd().slice(0, -1);
  else if (target.value.length < target.maxLength) target.value += target.type === "password" ? key : key === " " ? " " : inScript(key, target);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/** One more or one less in the field of a count, in the digits of the page. */
function nudge(step) {
  const target = currentField();
  const now = Number.parseInt(target.value.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15), 10) || 0;
  target.value = inDigits(String(Math.max(0, now + step)));
}

/** An earlier or a later last day of what is put in, out of the days that the sheet brought with their words. */
function moveDay(step) {
  const box = document.querySelector("[data-days]");
  const days = JSON.parse(box.dataset.days);
  const input = box.querySelector("input");
  const now = days.findIndex(([day]) => day === input.value);
  const [day, words] = days[Math.min(days.length - 1, Math.max(0, now + step))];
  input.value = day;
  box.querySelector("output").textContent = words;
}

function inScript(key, target) {
  return target.dir === "ltr" || target.dataset.groups ? key : inDigits(key);
}

function group(target) {
  const size = Number(target.dataset.groups);
  const bare = target.value.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  target.value = bare.length > size ? `${bare.slice(0, size)} ${bare.slice(size, 2 * size)}` : bare;
}

// --- fingers ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, summary");
  if (!target || target.closest("[inert]")) return;
  const data = target.dataset;
  if (data.tap) {
    tap(data.tap, JSON.parse(data.args ?? "{}"), target);
    if (data.then === "close") closeSheet();
  } else if (data.sheet) {
    opener = data.keep ?? opener;
    openSheet(data.sheet, data.of);
  } else if ("close" in data) closeSheet();
  else if (data.key) press(data.key);
  else if (data.nudge) nudge(Number(data.nudge));
  else if (data.moveDay) moveDay(Number(data.moveDay));
  else if (data.tab) {
    body.dataset.tab = data.tab;
    drawLocal();
  } else if ("mute" in data) {
    isMuted = !isMuted;
    drawLocal();
  } else if (data.post) ask(data.post, {}, target);
  else if (data.send) {
    const form = target.form;
    ask(form.dataset.form, { ...formContent(form), ...JSON.parse(data.send) }, target);
  }
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter;
  const content = formContent(form);
  if (button?.name) content[button.name] = button.value;
  ask(form.dataset.form, content, button).then((answer) => {
    if (answer?.refused) token.delete(form); // nothing was done: what is mended and sent again is another act
  });
});

document.addEventListener("input", (event) => {
  const target = event.target;
  if (target.dataset.groups) group(target);
  if ("search" in target.dataset) {
    clearTimeout(searchTimer);
    searchTimer = setTimeout(() => search(target.value), SEARCH_MS);
  }
});

document.addEventListener("focusin", (event) => {
  if ("entry" in event.target.dataset) field = event.target;
});

document.addEventListener("pointerdown", (event) => {
  wakeAudio();
  const now = performance.now();
  sheetAt = now;
  // A tap on a control speaks for itself; any other touch asks for more time.
  if (now - touchedAt < TOUCH_MS || frame.view === "idle" || event.target.closest("[data-tap]")) return;
  touchedAt = now;
  send("/tap/touch", { tap: newId(), screen: frame.version }).catch(() => {});
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheet();
});

for (const kind of ["contextmenu", "dragstart", "selectstart"]) {
  document.addEventListener(kind, (event) => {
    if (!event.target.closest?.("input")) event.preventDefault();
  });
}

// --- a keyboard scanner, in the demo only ----------------------------------------------------------------------

if ("wedge" in body.dataset) {
  let typed = "";
  let typedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
    const now = performance.now();
    if (now - typedAt > SCAN_GAP_MS) typed = "";
    typedAt = now;
    if (event.key === "Enter" && typed.length > 1) {
      event.preventDefault();
      ask("/scan", { code: typed });
      typed = "";
    } else if (event.key.length === 1) typed += event.key;
  });
}

// --- begin -----------------------------------------------------------------------------------------------------

drawLocal();
noteCountdowns();
listen();
setInterval(drawCountdowns, 200);
setInterval(watchLink, 250);
setInterval(refreshSheet, LIVE_MS);
setInterval(() => requestAnimationFrame(tellSeen), SEEN_MS);
setInterval(() => {
  if (performance.now() - sheetAt > SHEET_MS * (frame.more ? 3 : 1)) closeSheet();
}, 1000);
