// The desk works without this. With it, a fill at the stock page keeps its place, and a button is pressed once.

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
    document.getElementById(card.id).querySelector("button, summary")?.focus();
  } else {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    next?.querySelector("button, summary")?.focus();
  }
  return true;
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
    // Sent by the browser itself, the same token makes it the same act, and the browser shows what is wrong.
    form.submit();
  }
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(`[${RESTING}]`)) form.removeAttribute(RESTING);
});
