// Looks every two seconds whether a kiosk answers here, and shows it then. Between two starts nothing answers at all: a page that
// simply loaded itself again would become the browser's own complaint and stay it.
const EVERY_MS = 2000;
const OUT_OF_SERVICE = 503;
async function look() {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    if (answer.status !== OUT_OF_SERVICE) {
      location.replace("/");
      return;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  setTimeout(look, EVERY_MS);
}
setTimeout(look, EVERY_MS);
