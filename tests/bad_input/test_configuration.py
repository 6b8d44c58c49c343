"""Bad input: a configuration with one mistake; the message names the key, the line, and what is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load_config, parse_config
from tests.architecture.source import ROOT
from web.demo import write_config

ROWS = [
    # what stands there, what is written instead, the key that is named, what is allowed
    pytest.param(
        'kiosk_id = "DEMO-1"',
        'kiosk_id = "DEMO 1"',
        "kiosk_id",
        "letters, digits and dashes",
        id="an id with a blank",
    ),
    pytest.param(
        '"en", "fa", "ar"', '"en", "de"', "languages[1]", "en, fa or ar", id="a language we do not speak"
    ),
    pytest.param('"en", "fa", "ar"', '"en", "en"', "languages", "each language once", id="a language twice"),
    pytest.param(
        "Europe/Berlin", "Mars/Base", "timezone", "such as Europe/Berlin", id="a time zone that is nowhere"
    ),
    pytest.param(
        'timezone = "Europe/Berlin"',
        'timezone = "Europe/Berlin"\ncalendar = "mayan"',
        "calendar",
        "one of gregorian, jalali",
        id="a calendar that nobody keeps accounts by",
    ),
    pytest.param("Europe/Berlin", "../../etc/passwd", "timezone", "IANA", id="a path for a time zone"),
    pytest.param(
        "has_keyboard_wedge = true",
        'has_keyboard_wedge = "yes"',
        "has_keyboard_wedge",
        "true or false",
        id="yes for true",
    ),
    pytest.param(
        "has_keyboard_wedge", "has_drone", "has_drone", "is no setting here", id="a setting nobody has"
    ),
    pytest.param("[vendor]", "[vendors]", "vendors", "is no setting here", id="a table misspelt"),
    pytest.param(
        'phone = "+49 30 5550 0199"', 'phone = ""', "vendor.phone", "length >= 1", id="no telephone"
    ),
    pytest.param(
        'name = "Nilufar',
        'name = "Ni\\u0007lufar',
        "vendor.name",
        "without control characters",
        id="a bell in a name",
    ),
    pytest.param(
        'public_url = ""',
        'public_url = "javascript:1"',
        "vendor.public_url",
        "https://",
        id="a script for an address",
    ),
    pytest.param('"EUR"', '"euro"', "money.currency", "three capitals", id="a currency in small letters"),
    pytest.param('"EUR"', '"QQQ"', "money.currency", "ISO 4217", id="a currency of nowhere"),
    pytest.param("exponent = 2", "exponent = 7", "money.exponent", "<= 3", id="seven decimals"),
    pytest.param(
        "cash_step_minor = 10",
        "cash_step_minor = 0.1",
        "money.cash_step_minor",
        "a whole number",
        id="a tenth for a step",
    ),
    pytest.param(
        "max_credit_minor = 5000",
        "max_credit_minor = -5",
        "money.max_credit_minor",
        ">= 1",
        id="a limit below nothing",
    ),
    pytest.param(
        "max_credit_minor = 5000",
        "max_credit_minor = 5",
        "money.max_credit_minor",
        "smallest coin",
        id="a limit no coin fits",
    ),
    pytest.param(
        "max_credit_minor", "max_creddit_minor", "money.max_creddit_minor", "known are", id="a limit misspelt"
    ),
    pytest.param(
        "reduced = 700", "reduced = 70000", "tax_rates_bp.reduced", "<= 10000", id="a rate above the price"
    ),
    pytest.param("zero = 0", "zero = 0.5", "tax_rates_bp.zero", "a whole number", id="half a basis point"),
    pytest.param("exponent = 2", "exponent = = 2", "syntax", "Invalid value", id="a slip of the finger"),
    pytest.param("exponent = 2", "exponent = 2\nexponent = 2", "syntax", "overwrite", id="a key twice"),
    pytest.param(
        'protocol = "cctalk"',
        'protocol = "morse"',
        "rig.ports[0].protocol",
        "one of cctalk",
        id="a protocol unknown",
    ),
    pytest.param(
        "baud = 57600", "baud = 57601", "rig.ports[2].baud", "115200", id="a speed that no line has"
    ),
    pytest.param(
        "baud = 57600", "boud = 57600", "rig.ports[2].boud", "known are baud", id="a speed misspelt"
    ),
    pytest.param(
        'kind = "coin_acceptor"', 'kind = "toaster"', "rig.ports[0].devices[0].kind", "hopper", id="a toaster"
    ),
    pytest.param(
        'kind = "coin_acceptor"',
        'kind = "NV11"',
        "rig.ports[0].devices[0].kind",
        "have its service route all notes to the cash box",
        id="a note float that is to pay",
    ),
    pytest.param(
        'kind = "coin_acceptor"',
        'kind = "ticket-reader"',
        "rig.ports[0].devices[0].kind",
        "gives them back",
        id="a reader of barcode tickets",
    ),
    pytest.param(
        'kind = "coin_acceptor"',
        'kind = "multi_coin_hopper"',
        "rig.ports[0].devices[0].kind",
        "give each coin a hopper",
        id="a hopper of several coins by its name",
    ),
    pytest.param(
        "address = 4",
        "address = 3",
        "rig.ports[1].devices[1].address",
        "give each coin a hopper",
        id="a hopper of several coins at one address",
    ),
    pytest.param(
        "address = 4", "address = 3", "rig.ports[1].devices[1].address", "each once", id="two on one address"
    ),
    pytest.param(
        "1 = 10", "1 = 11", "rig.ports[0].devices[0].coins.1", "multiples", id="a coin between the steps"
    ),
    pytest.param(
        "1 = 10", "99 = 10", "rig.ports[0].devices[0].coins.99", "1 to 16", id="a position no acceptor has"
    ),
    pytest.param(
        "value_minor = 20",
        "value_minor = 25",
        "rig.ports[1].devices[1].value_minor",
        "multiples",
        id="a hopper between the steps",
    ),
    pytest.param(
        "value_minor = 20",
        "valeu_minor = 20",
        "rig.ports[1].devices[1].valeu_minor",
        "known are",
        id="a value misspelt",
    ),
    pytest.param(
        'name = "hopper-20"',
        'name = "hopper-10"',
        "rig.ports[1].devices[1].name",
        "not used twice",
        id="two of one name",
    ),
    pytest.param(
        'path = "ports/hoppers"',
        'path = "ports/coin"',
        "rig.ports[1].path",
        "no other port",
        id="two on one port",
    ),
]
"""One mistake each in the demo's own configuration; the line is found by comparing the two texts."""


@pytest.fixture(scope="module")
def demo_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's configuration, which is right."""
    text = write_config(tmp_path_factory.mktemp("demo")).read_text(encoding="utf-8")
    parse_config(text, "kiosk.toml")
    return text


@pytest.mark.parametrize(("was", "now", "key", "allowed"), ROWS)
def test_a_mistake_names_its_key_its_line_and_what_is_allowed(
    demo_text: str, was: str, now: str, key: str, allowed: str
) -> None:
    assert was in demo_text
    text = demo_text.replace(was, now, 1)
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "kiosk.toml")
    line = demo_text[: demo_text.index(was)].count("\n") + now.count("\n") + 1
    assert (caught.value.key, caught.value.line) == (key, line)
    assert allowed in caught.value.allowed
    assert str(caught.value).startswith(f"kiosk.toml, line {line}: {key}: ")
    assert "\n" not in str(caught.value), "one sentence"


MISSING = [
    pytest.param('kiosk_id = "DEMO-1"\n', "kiosk_id", "", id="no id"),
    pytest.param('machine = "17"\n', "vendor.machine", "[vendor]", id="no machine number"),
    pytest.param('currency = "EUR"\n', "money.currency", "[money]", id="no currency"),
]


@pytest.mark.parametrize(("line", "key", "table"), MISSING)
def test_a_missing_setting_names_its_table(demo_text: str, line: str, key: str, table: str) -> None:
    text = demo_text.replace(line, "", 1)
    with pytest.raises(ConfigError, match="is missing") as caught:
        parse_config(text, "kiosk.toml")
    assert caught.value.key == key
    assert caught.value.line == (text[: text.index(table)].count("\n") + 1 if table else 0)


def test_a_hopper_without_a_value_names_its_own_table(demo_text: str) -> None:
    text = demo_text.replace("value_minor = 20\n", "", 1)
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "kiosk.toml")
    assert caught.value.key == "rig.ports[1].devices[1].value_minor"
    table = text.splitlines()[caught.value.line - 1]
    assert (table, text.splitlines()[caught.value.line]) == ("[[rig.ports.devices]]", 'name = "hopper-20"')


@pytest.mark.parametrize(
    ("data", "word"),
    [
        pytest.param(b"", "kiosk_id", id="empty"),
        pytest.param(b"\xff\xfe\x00k", "UTF-8", id="not text"),
        pytest.param(b'a = "\x00"', "syntax", id="a zero byte"),
        pytest.param(b"a" * 100_000, "syntax", id="100 KB of one letter"),
        pytest.param(None, "readable", id="not there"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, data: bytes | None, word: str) -> None:
    path = tmp_path / "kiosk.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=word):
        load_config(path)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--screen-port", "0", "--desk-port", "0"],
        ["demo", "--screen-port", "0", "--desk-port", "0", "--workshop-port", "0"],
        ["verify-journal"],
    ],
    ids=["run", "demo", "verify-journal"],
)
def test_the_process_says_one_sentence_and_fails(tmp_path: Path, demo_text: str, command: list[str]) -> None:
    broken = demo_text.replace("Europe/Berlin", "Mars/Base", 1)
    (tmp_path / "kiosk.toml").write_text(broken, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "web.main", command[0], "--data", str(tmp_path), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    said = done.stderr.strip()
    assert done.returncode == 1
    assert said.startswith(f"Error: {tmp_path / 'kiosk.toml'}, line 5: timezone: ")
    assert len(said.splitlines()) == 1, said
    assert not (tmp_path / "store").exists(), "nothing was begun"
