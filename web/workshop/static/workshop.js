// The workshop's page: reads the devices' truth a few times a second and sends what a hand does. No libraries.

const language = document.documentElement.lang;
const LOOK_MS = 400; // how often the truth is read: a coin's fall is seen as it happens, and the wires are not disturbed
const TALK_MS = 800; // how often the open wire's bytes are read: faster than a person follows them
const SAID_MS = 3500; // how long a line about what was done stays
const digits = { en: "en", fa: "fa-u-nu-arabext", ar: "ar-u-nu-arab" }[language] ?? "en";

let setting;
let texts = {};
let saidTimer;

// --- small things ---------------------------------------------------------------------------------------------------

function text(key, values = {}) {
  const found = texts[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function make(tag, properties = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "class") element.className = value;
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...inside.filter((part) => part !== null && part !== undefined));
  return element;
}

// Puts new contents in only when they changed, so that nothing flickers and no focus is lost.
function refill(element, key, build) {
  const sign = JSON.stringify(key);
  if (element.dataset.sign === sign) return;
  element.dataset.sign = sign;
  element.replaceChildren(...build());
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const number = (value) => new Intl.NumberFormat(digits).format(value);

function money(minor) {
  return new Intl.NumberFormat(digits, {
    style: "currency",
    currency: setting.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: setting.exponent,
    maximumFractionDigits: setting.exponent,
  }).format(minor / 10 ** setting.exponent);
}

function faceOf(minor) {
  const unit = 10 ** setting.exponent;
  const isWhole = minor % unit === 0;
  return new Intl.NumberFormat(digits, {
    minimumFractionDigits: isWhole ? 0 : setting.exponent,
    maximumFractionDigits: isWhole ? 0 : setting.exponent,
  }).format(minor / unit);
}

function symbol() {
  const parts = new Intl.NumberFormat(digits, {
    style: "currency",
    currency: setting.currency,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(1);
  return parts.find((part) => part.type === "currency").value;
}

function say(words, { isWrong = false, stays = false } = {}) {
  const line = document.getElementById("said");
  line.textContent = words;
  line.classList.toggle("wrong", isWrong);
  clearTimeout(saidTimer);
  if (!stays) saidTimer = setTimeout(() => { line.textContent = ""; }, SAID_MS);
}

// --- the server -----------------------------------------------------------------------------------------------------

async function read(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

async function post(path, body, done = text("done")) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) {
      say(told.error, { isWrong: true });
      return false;
    }
    show(told);
    say(done);
    return true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(text("lost"), { isWrong: true });
    return false;
  }
}

const act = (device, hand, values, done) => post("api/act", { device, hand, values }, done);

// --- parts that every card has --------------------------------------------------------------------------------------

function makeSwitch(label, kind, flip) {
  const words = make("span", {}, label);
  const button = make("button", { type: "button", class: `switch ${kind}`, role: "switch" }, make("i"), words);
  button.setAttribute("aria-checked", "false");
  button.addEventListener("click", () => flip(button.getAttribute("aria-checked") !== "true"));
  return {
    element: button,
    words,
    set: (isOn) => button.setAttribute("aria-checked", String(isOn)),
  };
}

// What power and cable switches of the cards do already, and what is the whole box's.
const SHOWN_ELSEWHERE = ["device_dark", "brown_out", "cable_out", "printer_unplugged", "scanner_unplugged"];

// The simulation's mishaps that can befall one device or wire: what lasts is a switch, what is over at once a button.
function makeMishaps(target, switches, isWire = false) {
  const list = make("ul", { class: "faults" });
  for (const known of setting.mishaps) {
    if (known.is_of_wire !== isWire || !known.targets.includes(target) || SHOWN_ELSEWHERE.includes(known.mishap)) continue;
    const begin = (isOn) => post("api/mishap", { mishap: known.mishap, target, is_on: isOn });
    const words = [make("strong", {}, known.name), make("small", {}, known.about), make("code", {}, known.mishap)];
    if (!known.is_lasting) {
      const button = make("button", { type: "button", class: "switch once", on: { click: () => begin(true) } }, make("i"), make("span", {}, ...words));
      list.append(make("li", {}, button));
      continue;
    }
    const one = makeSwitch("", "fault", begin);
    one.words.append(...words);
    switches.push({ target, mishap: known.mishap, one });
    list.append(make("li", {}, one.element));
  }
  return list;
}

// Shows which of the switches are on; says how many.
function setMishaps(switches, badge, goingOn) {
  let qty = 0;
  for (const { target, mishap, one } of switches) {
    const isOn = goingOn[mishap]?.includes(target) ?? false;
    one.set(isOn);
    qty += isOn ? 1 : 0;
  }
  badge.hidden = qty === 0;
  write(badge, number(qty));
  return qty;
}

// A device's own faults that are no mishap of the simulation: each a switch.
function addOwnFaults(device, list, own) {
  const offered = setting.mishaps.filter((known) => known.targets.includes(device.name)).map((known) => known.fault);
  for (const fault of Object.keys(device.faults)) {
    const words = setting.faults[device.kind]?.[fault];
    if (offered.includes(fault) || !words) continue;
    const one = makeSwitch("", "fault", (isOn) => post("api/fault", { device: device.name, fault, is_on: isOn }));
    one.words.append(make("strong", {}, words.name), make("small", {}, words.about), make("code", {}, fault));
    own.push({ device: device.name, fault, one });
    list.append(make("li", {}, one.element));
  }
}

function makeFaults(devices) {
  const badge = make("b", { hidden: true });
  const switches = [];
  const own = [];
  const lists = devices.flatMap((device) => {
    const list = makeMishaps(device.name, switches);
    addOwnFaults(device, list, own);
    return devices.length > 1 ? [make("h3", { class: "group" }, titleOf(device)), list] : [list];
  });
  const element = make("details", {}, make("summary", {}, text("faults"), badge), ...lists);
  return {
    element,
    update(shown) {
      let qty = setMishaps(switches, badge, shown.mishaps);
      for (const { device, fault, one } of own) {
        const isOn = shown.devices[device].faults[fault];
        one.set(isOn);
        qty += isOn ? 1 : 0;
      }
      badge.hidden = qty === 0;
      write(badge, number(qty));
      return qty;
    },
  };
}

// The hands that a card has no picture for, as a form each.
function makeHands(devices, shownElsewhere) {
  const rows = devices.flatMap((device) => {
    const forms = makeForms(device, shownElsewhere);
    if (forms.length === 0) return [];
    const row = make("div", { class: "hands" }, ...forms);
    return devices.length > 1 ? [make("h3", { class: "group" }, titleOf(device)), row] : [row];
  });
  return rows.length === 0 ? null : make("details", {}, make("summary", {}, text("hands")), ...rows);
}

// An acceptor's coins are chosen by position; a person knows them by value.
const choiceOf = (device, field, choice) =>
  field.name === "position" ? money(device.truth.value_minor[choice]) : choice;

function makeForms(device, shownElsewhere) {
  const rest = device.hands.filter((hand) => !shownElsewhere.includes(hand.name));
  return rest.map((hand) => {
    const entries = hand.fields.map((field) => {
      const label = `${text(`hand.${hand.name}`)}: ${text(`field.${field.name}`)}`;
      if (field.choices.length > 0) {
        return make("select", { class: "entry", name: field.name, "aria-label": label },
          ...field.choices.map((choice) => make("option", { value: choice, selected: choice === field.default }, choiceOf(device, field, choice))));
      }
      const entry = make("input", { class: "entry", name: field.name, value: field.default, "aria-label": label });
      if (field.least !== null || field.most !== null) {
        entry.classList.add("number");
        entry.type = "number";
        if (field.least !== null) entry.min = field.least;
        if (field.most !== null) entry.max = field.most;
        entry.style.setProperty("--digits", String(Math.max(3, String(field.most ?? field.default).length)));
      }
      return entry;
    });
    const form = make("form", {}, make("button", { class: "quiet small" }, text(`hand.${hand.name}`)),
      ...entries.map((entry) => make("label", { class: "field" }, make("span", {}, text(`field.${entry.name}`)), entry)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act(device.name, hand.name, Object.fromEntries(entries.map((entry) => [entry.name, entry.value])));
    });
    return form;
  });
}

function makeCard(title, hint, devices, { hasPower = true } = {}) {
  const wire = devices[0].wire;
  const lamp = make("span", { class: "lamp" });
  const cable = makeSwitch(text("cable"), "", (isOn) => post(isOn ? "api/plug" : "api/unplug", { wire }));
  const power = hasPower
    ? makeSwitch(text("power"), "", (isOn) => post("api/power", { device: devices[0].name, is_on: isOn }))
    : null;
  const faults = makeFaults(devices);
  const head = make("div", { class: "head" }, make("h2", {}, title), lamp, power?.element, cable.element);
  const element = make("section", { class: "card" }, head, make("p", { class: "hint" }, hint));
  return {
    element,
    faults,
    update(shown) {
      const isPlugged = shown.wires[wire].is_plugged;
      const isPowered = devices.every((device) => shown.devices[device.name].is_powered);
      cable.set(isPlugged);
      power?.set(isPowered);
      const qty = faults.update(shown);
      lamp.className = `lamp ${!isPowered ? "off" : qty > 0 || !isPlugged ? "faulty" : ""}`;
      write(lamp, !isPowered ? text("off") : !isPlugged ? text("out") : qty > 0 ? text("faulty") : text("well"));
    },
  };
}

function makeTray(title, take) {
  const inside = make("div", { class: "inside" });
  const button = make("button", { type: "button", class: "quiet small strong", on: { click: take ?? (() => {}) } }, text("tray.take"));
  const element = make("div", { class: "tray" }, make("h3", {}, title), inside, take ? button : null);
  return {
    element,
    // piles: [key, qty, picture maker]
    update(piles) {
      const full = piles.filter((pile) => pile.qty > 0);
      element.classList.toggle("full", Boolean(take) && full.length > 0);
      button.disabled = full.length === 0;
      refill(inside, full.map((pile) => [pile.key, pile.qty]), () =>
        full.length === 0
          ? [make("span", { class: "none" }, text("tray.empty"))]
          : full.map((pile) => make("span", { class: "pile" }, pile.picture(), `× ${number(pile.qty)}`)));
    },
  };
}

// --- coins ----------------------------------------------------------------------------------------------------------

let coinValues = []; // every value that the acceptor knows, rising
let noteValues = []; // every value that only notes have

// A recycler is a hopper to the till; to a person it holds notes.
const holdsNotes = (device) => device.kind === "hopper" && noteValues.includes(device.truth.value_minor);

function metalOf(minor) {
  const place = coinValues.length - 1 - coinValues.indexOf(minor);
  return ["heart", "ring", "", "", "", ""][place] ?? "silver";
}

function makeCoin(minor, isTiny = false) {
  const place = coinValues.indexOf(minor);
  const properties = { class: `coin ${metalOf(minor)}${isTiny ? " tiny" : ""}` };
  const face = make("b", {}, faceOf(minor));
  const element = isTiny
    ? make("span", properties, face)
    : make("button", { type: "button", "aria-label": money(minor), ...properties }, face, make("small", {}, symbol()));
  if (!isTiny) element.style.setProperty("--size", `${76 + Math.max(place, 0) * 4}px`);
  return element;
}

const coinPile = (minor, qty) => ({ key: minor, qty, picture: () => makeCoin(minor, true) });

// An acceptor counts by position; people count by value.
const byValue = (truth, counts) =>
  Object.fromEntries(Object.entries(counts).map(([position, qty]) => [truth.value_minor[position], qty]));

const coinsInTray = ({ kind, truth }) =>
  kind === "hopper" ? { [truth.value_minor]: truth.tray } : byValue(truth, truth.tray);

function piles(counts) {
  return Object.entries(counts)
    .map(([minor, qty]) => coinPile(Number(minor), qty))
    .sort((one, other) => one.key - other.key);
}

function makeAcceptor(device, hoppers) {
  const card = makeCard(text("coins"), text("coins.hint"), [device]);
  const row = make("div", { class: "coins" });
  for (const minor of coinValues) {
    const [position] = Object.entries(device.truth.value_minor).find(([, value]) => value === minor);
    const coin = makeCoin(minor);
    coin.addEventListener("click", () =>
      act(device.name, "drop", { position, qty: "1" }, text("dropped", { name: money(minor) })));
    row.append(coin);
  }
  const trayOwners = [device, ...hoppers];
  const tray = makeTray(text("tray.coins"), async () => {
    for (const owner of trayOwners) await act(owner.name, "take_tray", {}, text("taken"));
  });
  const box = makeTray(text("cashbox"));
  const lost = makeTray(text("coins.lost"));
  card.element.append(row, tray.element, box.element, lost.element, ...[makeHands([device], ["take_tray"]), card.faults.element].filter(Boolean));
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      const lying = {};
      for (const owner of trayOwners) {
        for (const [minor, qty] of Object.entries(coinsInTray(shown.devices[owner.name]))) {
          lying[minor] = (lying[minor] ?? 0) + qty;
        }
      }
      tray.update(piles(lying));
      const { truth } = shown.devices[device.name];
      box.update(piles(byValue(truth, truth.cash_box)));
      const gone = byValue(truth, truth.stuck);
      for (const [minor, qty] of Object.entries(byValue(truth, truth.swallowed))) gone[minor] = (gone[minor] ?? 0) + qty;
      lost.element.hidden = Object.keys(gone).length === 0;
      lost.update(piles(gone));
    },
  };
}

function makeHoppers(devices) {
  const card = makeCard(text("hoppers"), text("hoppers.hint"), devices, { hasPower: false });
  const row = make("div", { class: "hoppers" });
  const parts = devices.map((device) => {
    const tube = make("div", { class: holdsNotes(device) ? "tube notes" : "tube" });
    const count = make("span", { class: "count" });
    const power = makeSwitch(text("power"), "", (isOn) => post("api/power", { device: device.name, is_on: isOn }));
    const name = titleOf(device);
    const fill = (qty) => make("button", {
      type: "button", class: "quiet small", "aria-label": `${name} +${number(qty)}`,
      on: { click: () => act(device.name, "fill", { qty: String(qty) }, text("filled", { name })) },
    }, `+${number(qty)}`);
    const element = make("div", { class: "hopper" }, make("h3", {}, name), tube, count,
      make("div", { class: "buttons" }, fill(10), fill(50)), power.element);
    row.append(element);
    return { device, element, tube, count, power };
  });
  card.element.append(row, ...[makeHands(devices, ["take_tray"]), card.faults.element].filter(Boolean));
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      for (const { device, element, tube, count, power } of parts) {
        const now = shown.devices[device.name];
        const qty = now.truth.inside;
        tube.style.setProperty("--fill", String(Math.min(100, qty)));
        write(count, text(holdsNotes(device) ? "hopper.notes" : "hopper.qty", { qty: number(qty) }));
        power.set(now.is_powered);
        element.classList.toggle("unpowered", !now.is_powered);
      }
    },
  };
}

// --- notes and cards ------------------------------------------------------------------------------------------------

function makeNote(minor, isTiny = false) {
  if (isTiny) return make("span", { class: "note tiny" }, faceOf(minor));
  return make("button", { type: "button", class: "note", "aria-label": money(minor) }, make("b", {}, faceOf(minor)), make("small", {}, symbol()));
}

// Notes by value, of every heap that the validator's truth has under one of these names, and of what its recyclers paid.
function notePiles(truth, names, paid = []) {
  const found = {};
  for (const counts of [...names.map((name) => byValue(truth, truth[name] ?? {})), ...paid]) {
    for (const [minor, qty] of Object.entries(counts)) found[minor] = (found[minor] ?? 0) + qty;
  }
  return Object.entries(found)
    .map(([minor, qty]) => ({ key: minor, qty, picture: () => makeNote(Number(minor), true) }))
    .sort((one, other) => one.key - other.key);
}

function makeNotes(device, recyclers) {
  const card = makeCard(text("notes"), text("notes.hint"), [device]);
  const row = make("div", { class: "coins" });
  const byRise = Object.entries(device.truth.value_minor).sort((one, other) => one[1] - other[1]);
  for (const [position, minor] of byRise) {
    const note = makeNote(minor);
    note.addEventListener("click", () => act(device.name, "insert", { position }, text("inserted", { name: money(minor) })));
    row.append(note);
  }
  const escrow = make("p", { class: "hint escrow", hidden: true });
  const hands = device.hands.map((hand) => hand.name);
  const takes = ["take_hand", "take_tray", "pull"].filter((hand) => hands.includes(hand));
  const hand = makeTray(text("notes.hand"), async () => {
    for (const take of takes) await act(device.name, take, {}, text("taken"));
    for (const recycler of recyclers) await act(recycler.name, "take_tray", {}, text("taken"));
  });
  const box = makeTray(text("notes.box"));
  const lost = makeTray(text("notes.lost"));
  card.element.append(row, escrow, hand.element, box.element, lost.element,
    ...[makeHands([device], ["insert", "take_hand", "take_tray"]), card.faults.element].filter(Boolean));
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      const { truth } = shown.devices[device.name];
      const waiting = truth.value_minor[truth.escrow ?? truth.note ?? 0];
      escrow.hidden = !waiting;
      write(escrow, waiting ? text("notes.escrow", { name: money(waiting) }) : "");
      const paid = recyclers.map((recycler) => coinsInTray(shown.devices[recycler.name]));
      hand.update(notePiles(truth, ["hand", "returned"], paid));
      box.update(notePiles(truth, ["stacker"]));
      const gone = notePiles(truth, ["stuck", "swallowed"]);
      lost.element.hidden = gone.every((pile) => pile.qty === 0);
      lost.update(gone);
    },
  };
}

function makeReader(device) {
  const card = makeCard(text("card"), text("card.hint"), [device]);
  const tap = make("button", { type: "button", class: "quiet strong", on: { click: () => act(device.name, "tap", {}, text("card.shown")) } }, text("card.tap"));
  const sums = ["balance", "charged", "open", "refunded"].map((name) => ({ name, value: make("dd") }));
  const list = make("dl", { class: "account" }, ...sums.map(({ name, value }) => make("div", {}, make("dt", {}, text(`card.${name}`)), value)));
  card.element.append(make("div", { class: "coins" }, tap), list,
    ...[makeHands([device], ["tap"]), card.faults.element].filter(Boolean));
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      const { truth } = shown.devices[device.name];
      for (const { name, value } of sums) write(value, money(truth[`${name}_minor`] ?? 0));
    },
  };
}

// --- an old machine -------------------------------------------------------------------------------------------------

function makeMachine(device) {
  const card = makeCard(text("machine"), text("machine.hint"), [device]);
  const buttons = Object.keys(device.truth.prices).map((item) => {
    const words = make("span");
    const press = () => act(device.name, "press", { item }, text("machine.pressed", { name: item }));
    return { item, words, element: make("button", { type: "button", class: "quiet strong", on: { click: press } }, words) };
  });
  const lever = make("button", { type: "button", class: "quiet", on: { click: () => act(device.name, "return", {}) } }, text("machine.return"));
  const funds = make("dd");
  const tray = makeTray(text("tray.goods"), () => act(device.name, "take_tray", {}, text("taken")));
  card.element.append(
    make("div", { class: "coins" }, ...buttons.map(({ element }) => element), lever),
    make("dl", { class: "account" }, make("div", {}, make("dt", {}, text("machine.funds")), funds)),
    tray.element,
    ...[makeHands([device], ["press", "return", "take_tray"]), card.faults.element].filter(Boolean),
  );
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      const { truth } = shown.devices[device.name];
      for (const { item, words } of buttons) write(words, `${item} · ${money(truth.prices[item])} · ${number(truth.coils[item] ?? 0)}`);
      write(funds, money(truth.funds_minor));
      tray.update(Object.entries(truth.tray).map(([item, qty]) => ({ key: item, qty, picture: () => make("b", {}, item) })));
    },
  };
}

// --- coils ----------------------------------------------------------------------------------------------------------

const productOf = (sku) => setting.products.find((product) => product.sku === sku);
const nameOf = (product) => product.names[language] ?? product.names.en ?? product.sku;

function makePicture(product) {
  return make("img", { src: product?.picture ?? "", alt: "", loading: "lazy", width: 46, height: 46 });
}

function makeCoils(device) {
  const card = makeCard(text("coils"), text("coils.hint"), [device]);
  const hint = card.element.querySelector(".hint");
  let isJamming = false;
  const choose = (jamming) => {
    isJamming = jamming;
    loading.setAttribute("aria-pressed", String(!jamming));
    jammingButton.setAttribute("aria-pressed", String(jamming));
    write(hint, text(jamming ? "coils.jamming" : "coils.hint"));
  };
  const loading = make("button", { type: "button", on: { click: () => choose(false) } }, text("coils.load"));
  const jammingButton = make("button", { type: "button", on: { click: () => choose(true) } }, text("coils.jam"));
  choose(false);
  let latest = device;
  const grid = make("div", { class: "coils" });
  const cells = setting.coils.map((coil) => {
    const product = productOf(coil.sku);
    const qty = make("span", { class: "qty" });
    const press = () => {
      const key = String(coil.coil);
      if (isJamming) {
        const isJammed = latest.truth.jammed.includes(coil.coil);
        return act(device.name, isJammed ? "free_coil" : "jam_coil", { slot: key });
      }
      const room = coil.capacity - latest.truth.coils[key];
      if (room <= 0) return say(text("filled", { name: coil.code }));
      return act(device.name, "load", { slot: key, qty: String(room) }, text("filled", { name: coil.code }));
    };
    const element = make("button", { type: "button", class: "coil", title: nameOf(product), on: { click: press } },
      make("span", { class: "code" }, coil.code), makePicture(product), qty);
    grid.append(element);
    return { coil, product, element, qty };
  });
  const tray = makeTray(text("tray.goods"), () => act(device.name, "take_tray", {}, text("taken")));
  const fillAll = make("button", { type: "button", class: "quiet small", on: { click: async () => {
    for (const { coil } of cells) {
      const room = coil.capacity - latest.truth.coils[String(coil.coil)];
      if (room > 0) await act(device.name, "load", { slot: String(coil.coil), qty: String(room) }, text("filled", { name: coil.code }));
    }
  } } }, text("coils.fill_all"));
  const shake = make("button", { type: "button", class: "quiet small", on: { click: () => act(device.name, "shake", {}) } }, text("coils.shake"));
  card.element.append(
    grid, tray.element,
    make("div", { class: "under" }, make("div", { class: "choice" }, loading, jammingButton), make("span", { class: "spacer" }), fillAll, shake),
    ...[makeHands([device], ["load", "jam_coil", "free_coil", "take_tray", "shake"]), card.faults.element].filter(Boolean),
  );
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      latest = shown.devices[device.name];
      const { truth } = latest;
      grid.classList.toggle("unpowered", !latest.is_powered);
      for (const { coil, product, element, qty } of cells) {
        const inside = truth.coils[String(coil.coil)];
        const hanging = truth.hanging[String(coil.coil)] ?? 0;
        const isJammed = truth.jammed.includes(coil.coil);
        write(qty, number(inside));
        element.classList.toggle("empty", inside === 0);
        element.classList.toggle("hanging", hanging > 0);
        element.classList.toggle("jammed", isJammed);
        element.classList.toggle("turning", truth.turning === coil.coil);
        const state = [isJammed ? text("coil.jammed") : "", hanging > 0 ? text("coil.hanging") : ""].filter(Boolean).join(", ");
        const label = `${coil.code}, ${nameOf(product)}, ${number(inside)}${state ? `, ${state}` : ""}`;
        if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
      }
      const bySlot = Object.fromEntries(setting.coils.map((coil) => [coil.coil, coil]));
      tray.update(Object.entries(truth.tray).map(([slot, qty]) => ({
        key: slot, qty, picture: () => makePicture(productOf(bySlot[slot]?.sku)),
      })));
    },
  };
}

// --- scanner --------------------------------------------------------------------------------------------------------

function makeScanner(device) {
  const card = makeCard(text("scanner"), text("scanner.hint"), [device]);
  const scan = (code, name) => act(device.name, "scan", { code }, text("scanned", { name }));
  const goods = make("div", { class: "goods" });
  const none = make("p", { class: "hint", hidden: true }, text("scanner.none"));
  const tiles = setting.products.filter((product) => product.code).map((product) => {
    const element = make("button", { type: "button", class: "good", on: { click: () => scan(product.code, nameOf(product)) } },
      makePicture(product), make("span", {}, nameOf(product)));
    goods.append(element);
    return { element, words: [...Object.values(product.names), product.code, product.sku].join(" ").toLowerCase() };
  });
  const find = make("input", { class: "entry", type: "search", placeholder: text("scanner.find"), "aria-label": text("scanner.find") });
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const { element, words } of tiles) element.hidden = !words.includes(wanted);
    none.hidden = tiles.some(({ element }) => !element.hidden);
  });
  const code = make("input", { class: "entry", dir: "auto", placeholder: text("scanner.type"), "aria-label": text("scanner.type"), autocomplete: "off", spellcheck: false });
  const form = make("form", { class: "row" }, code, make("button", { class: "quiet strong" }, text("scanner.scan")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (code.value) scan(code.value, code.value.slice(0, 40));
    code.select();
  });
  card.element.append(make("div", { class: "row" }, find), form, goods, none,
    ...[makeHands([device], ["scan"]), card.faults.element].filter(Boolean));
  return card;
}

// --- printer --------------------------------------------------------------------------------------------------------

function makePrinter(device) {
  const card = makeCard(text("printer"), text("printer.hint"), [device]);
  const paper = make("div", { class: "paper", tabIndex: 0, role: "region", "aria-label": text("printer") });
  const left = make("span", { class: "left" });
  const buttons = device.hands.map((hand) => make("button", {
    type: "button", class: "quiet small",
    on: { click: () => act(device.name, hand.name, Object.fromEntries(hand.fields.map((field) => [field.name, field.default]))) },
  }, text(`hand.${hand.name}`)));
  const plain = device.hands.filter((hand) => hand.fields.length === 0).map((hand) => hand.name);
  card.element.append(
    make("div", { class: "printer" }, make("div", { class: "mouth" }), paper),
    make("div", { class: "under" }, ...buttons),
    make("p", { class: "under" }, left),
    ...[makeHands([device], plain), card.faults.element].filter(Boolean),
  );
  let lastSign = "";
  const look = async (sign) => {
    const { qty } = await read(`api/paper/${encodeURIComponent(device.name)}`);
    paper.replaceChildren(...(qty === 0
      ? [make("p", {}, text("printer.empty"))]
      : Array.from({ length: qty }, (_, place) => make("img", {
          // The sign makes the address new when the paper is, and the browser fetches it again.
          src: `paper/${encodeURIComponent(device.name)}/${place}.png?${encodeURIComponent(sign)}`,
          alt: text("sheet", { qty: number(qty - place) }),
        }))));
    paper.scrollTop = 0;
  };
  return {
    element: card.element,
    update(shown) {
      card.update(shown);
      const { truth } = shown.devices[device.name];
      const sign = [truth.sheets, truth.on_tray, truth.hanging_mm].join("-");
      if (sign !== lastSign) {
        lastSign = sign;
        look(sign).catch(() => { lastSign = ""; }); // tried again with the next snapshot
      }
      write(left, text(truth.cover_open ? "printer.open" : "printer.left", { qty: number(truth.paper_left_mm) }));
    },
  };
}

// --- wires ----------------------------------------------------------------------------------------------------------

function makeWires(wires) {
  let open = wires[0].name;
  let isSeen = true;
  const talk = make("ol", { class: "talk", tabIndex: 0, "aria-label": text("lines") });
  const tabs = wires.map((wire) => {
    const button = make("button", { type: "button", class: "quiet small", on: { click: () => { open = wire.name; mark(); listen(); } } },
      make("bdi", { dir: "ltr" }, `${wire.name} · ${wire.baud}`));
    return { wire, button };
  });
  const badge = make("b", { hidden: true });
  const damages = wires.map((wire) => {
    const switches = [];
    return { wire, switches, list: makeMishaps(wire.name, switches, true) };
  });
  const damage = make("details", {}, make("summary", {}, text("lines.faults"), badge), ...damages.map(({ list }) => list));
  const mark = () => {
    tabs.forEach(({ wire, button }) => {
      button.setAttribute("aria-pressed", String(wire.name === open));
      button.classList.toggle("strong", wire.name === open);
    });
    for (const { wire, list } of damages) list.hidden = wire.name !== open;
  };
  const listen = async () => {
    const { wire, lines } = await read(`api/wires/${encodeURIComponent(open)}`);
    if (wire !== open) return;
    const isAtEnd = talk.scrollTop + talk.clientHeight >= talk.scrollHeight - 24;
    refill(talk, [wire, lines], () => lines.length === 0
      ? [make("li", { class: "silent" }, text("lines.none"))]
      : lines.map((line) => make("li", {},
          make("time", {}, (line.at_ms / 1000).toFixed(3)),
          make("span", { class: line.is_from_host ? "host" : "device" }, text(line.is_from_host ? "lines.host" : "lines.device")),
          make("span", { class: "what" }, make("span", { class: "words" }, line.text), make("code", {}, line.hex),
            line.times > 1 ? make("b", {}, `× ${line.times}`) : null))));
    if (isAtEnd) talk.scrollTop = talk.scrollHeight;
  };
  const card = make("section", { class: "card wide" }, make("div", { class: "head" }, make("h2", {}, text("lines"))),
    make("p", { class: "hint" }, text("lines.hint")), make("div", { class: "tabs" }, ...tabs.map(({ button }) => button)), talk, damage);
  new IntersectionObserver((seen) => { isSeen = seen.at(-1).isIntersecting; }).observe(card);
  mark();
  keep(TALK_MS, async () => { if (isSeen) await listen(); });
  return {
    element: card,
    update(shown) {
      for (const { wire, switches } of damages) {
        if (wire.name === open) setMishaps(switches, badge, shown.mishaps);
      }
    },
  };
}

// --- the page -------------------------------------------------------------------------------------------------------

let cards = [];
let isOut = false;
const boxPower = document.getElementById("box-power");
const boxDip = document.getElementById("box-dip");
let deviceNames = [];

function titleOf(device) {
  if (device.kind !== "hopper") return text(device.kind);
  return device.truth.value_minor ? money(device.truth.value_minor) : device.name;
}

// What is damaged right now: each mishap by its name, with the devices or wires that it has.
const strip = document.getElementById("damage");
const stripList = document.getElementById("damage-list");

function showDamage(shown) {
  // A cable that is out has two names; one is enough here.
  const on = Object.entries(shown.mishaps).filter(([mishap]) => !mishap.endsWith("_unplugged"));
  strip.hidden = on.length === 0;
  refill(stripList, on, () => on.map(([mishap, targets]) => {
    const known = setting.mishaps.find((one) => one.mishap === mishap);
    const places = targets.map((target) => make("bdi", {}, known.is_of_wire ? target : titleOf(shown.devices[target])));
    return make("li", {}, `${known.name}: `, ...places.flatMap((place, index) => (index === 0 ? [place] : [" · ", place])));
  }));
}

function lay(told) {
  const of = (kind) => told.devices.filter((device) => device.kind === kind);
  const [acceptor] = of("coin_acceptor");
  coinValues = Object.values(acceptor?.truth.value_minor ?? {}).sort((one, other) => one - other);
  // A unit of several values shows itself as one hopper for each.
  const hoppers = of("hopper").filter((device) => "inside" in device.truth);
  noteValues = of("note_validator").flatMap((device) => Object.values(device.truth.value_minor)).filter((minor) => !coinValues.includes(minor));
  const columns = [
    [...(acceptor ? [makeAcceptor(acceptor, hoppers.filter((device) => !holdsNotes(device)))] : []), ...of("note_validator").map((device) => makeNotes(device, hoppers.filter((hopper) => holdsNotes(hopper) && hopper.wire === device.wire))), ...of("printer").map(makePrinter)],
    [...of("coil_board").map(makeCoils), ...(hoppers.length > 0 ? [makeHoppers(hoppers)] : [])],
    [...of("vending_machine").map(makeMachine), ...of("card_reader").map(makeReader), ...of("scanner").map(makeScanner)],
  ];
  const wires = makeWires(told.wires);
  cards = [...columns.flat(), wires];
  document.getElementById("devices").replaceChildren(
    ...columns.filter((column) => column.length > 0).map((column) => make("div", { class: "column" }, ...column.map((card) => card.element))),
    wires.element,
  );
  boxPower.hidden = boxDip.hidden = false;
}

function show(told) {
  if (cards.length === 0) lay(told);
  const shown = {
    devices: Object.fromEntries(told.devices.map((device) => [device.name, device])),
    wires: Object.fromEntries(told.wires.map((wire) => [wire.name, wire])),
    mishaps: told.mishaps,
  };
  for (const card of cards) card.update(shown);
  showDamage(shown);
  const isOn = told.devices.some((device) => device.is_powered);
  deviceNames = told.devices.filter((device) => device.is_powered).map((device) => device.name);
  boxDip.disabled = !isOn;
  boxPower.dataset.isOn = String(isOn);
  boxPower.classList.toggle("danger", isOn);
  boxPower.classList.toggle("strong", !isOn);
  write(boxPower, text(isOn ? "box.cut" : "box.restore"));
}

// Does `work` again and again, never twice at once, and not while nobody looks.
function keep(everyMs, work) {
  const again = async () => {
    if (!document.hidden) {
      try {
        await work();
        if (isOut) { isOut = false; say(text("done")); }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        if (!isOut) say(text("lost"), { isWrong: true, stays: true });
        isOut = true;
      }
    }
    setTimeout(again, everyMs);
  };
  setTimeout(again, everyMs);
}

boxPower.addEventListener("click", () => post("api/power", { is_on: boxPower.dataset.isOn !== "true" }));

document.getElementById("damage-end").addEventListener("click", () => post("api/mend", {}, text("damage.ended")));

// Half a second without light: some devices live through it, others start anew.
boxDip.addEventListener("click", async () => {
  for (const target of deviceNames) {
    if (Math.random() < 0.5) await post("api/mishap", { mishap: "brown_out", target, is_on: true }, text("box.dip"));
  }
});

setting = { ...await read(`api/setting?lang=${language}`), ...await read(`api/mishaps?lang=${language}`) };
texts = setting.texts;
write(boxDip, text("box.dip"));
show(await read("api/snapshot"));
keep(LOOK_MS, async () => show(await read("api/snapshot")));
