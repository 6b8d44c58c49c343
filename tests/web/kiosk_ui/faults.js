([target, isTall]) => {
  // Everything visible that is cut off, too small for a finger, covered, or out of reach, in words.
  const faults = [];
  const width = document.documentElement.clientWidth;
  const height = innerHeight;
  const sheet = document.querySelector("#sheet:not([hidden])");
  const name = (element) =>
    (element.getAttribute("aria-label") || element.textContent || element.className).trim().replace(/\s+/g, " ").slice(0, 40);
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.getClientRects().length > 0 &&
    !(sheet && element.closest("#floor") && !sheet.contains(element)) &&
    !element.closest(".hidden, #said, #cover");
  const scroller = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(up).overflowY)) return up;
    }
    return null;
  };
  const isOverfull = (element) =>
    element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2;

  if (document.documentElement.scrollWidth > width) faults.push("the page is wider than the screen");

  for (const element of document.querySelectorAll("button, input, summary")) {
    if (!isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width < target - 0.5 || box.height < target - 0.5) {
      faults.push(`small, ${Math.round(box.width)} by ${Math.round(box.height)}: ${name(element)}`);
    }
    if (isOverfull(element) && element.tagName !== "INPUT") faults.push(`cut: ${name(element)}`);
    if (isTall && box.top < height / 3 - 1) faults.push(`out of reach at ${Math.round(box.top)}: ${name(element)}`);
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    const rolls = scroller(element);
    if (!rolls && !element.closest(".found") && !(x > 0 && x < width && y > 0 && y < height)) faults.push(`off the screen: ${name(element)}`);
    if (element.matches("#sheet [type=submit]") && rolls && box.bottom > rolls.getBoundingClientRect().bottom + 1) {
      faults.push(`below the edge: ${name(element)}`);  // who has typed a number must see where it goes
    }
    const frame = rolls?.getBoundingClientRect() ?? { top: 0, bottom: height, left: 0, right: width };
    if (y > frame.top && y < frame.bottom && x > frame.left && x < frame.right) {
      const top = document.elementFromPoint(x, y);
      // What lies over a list on purpose: the countdown, and the buttons that stay in sight while it rolls.
      if (top && !element.contains(top) && !top.closest(".leaving, .sheet-out, .thanks-acts")) {
        faults.push(`covered by ${top.className || top.id}: ${name(element)}`);
      }
    }
  }

  for (const element of document.querySelectorAll("h1, h2, p, dt, dd, li, span")) {
    if (!isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if ((box.left < -1 || box.right > width + 1) && !element.closest(".found")) {
      faults.push(`beside the screen: ${name(element)}`);
    }
    if (!scroller(element) && (box.bottom > height + 1 || box.top < -1)) faults.push(`below the screen: ${name(element)}`);
  }

  for (const id of ["hero", "bar", "foot", "head"]) {
    const part = document.getElementById(id);
    if (isShown(part) && isOverfull(part)) faults.push(`overfull: ${id}`);
  }
  return faults;
}
