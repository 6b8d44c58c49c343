"""The vendor at the desk without a browser: plain HTTP with cookies and the form's own token, as any browser would send them."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from tests.market import MarketError

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class DeskBrowser:
    """Signs in with the demo's written-down secrets, and presses buttons."""

    def __init__(self, address: str, folder: Path) -> None:
        """Talk to the desk at ``address`` of the market in ``folder``."""
        self._address = address.rstrip("/")
        self._folder = folder
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def _open(self, path: str, form: dict[str, str] | None = None) -> str:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self._address + path, data=data)
        if data is not None:
            request.add_header("Origin", self._address)
        with self._opener.open(request, timeout=10) as answer:
            return str(answer.read().decode())

    def page(self, path: str) -> str:
        """A page's text."""
        return self._open(path)

    def post(self, path: str, shown_on: str, **values: str) -> str:
        """Send a form with the token of the page it stands on."""
        token = TOKEN.search(self._open(shown_on))
        if token is None:
            raise MarketError(f"{shown_on} has no form")
        return self._open(path, {"csrf_token": token.group(1), **values})

    def sign_in(self, name: str) -> None:
        """Sign in with the password that the demo wrote down."""
        text = (self._folder / "demo-users.txt").read_text(encoding="utf-8")
        password = text.splitlines()[0].rsplit(" ", 1)[1]
        page = self.post("/desk/sign-in", "/desk/sign-in", name=name, password=password)
        if "/desk/sign-out" not in page:
            raise MarketError("the desk did not let us in")

    def approve(self, claim: str) -> None:
        """Approve a claim: one click on its page."""
        self.post(f"/desk/claims/{claim}/approve", f"/desk/claims/{claim}")
