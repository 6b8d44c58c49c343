"""The workshop's JSON doors: what a hand does reaches the simulators; what is foreign, malformed or unknown does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hardware.simulators.bench import Bench
from hardware.simulators.market import demo_wires
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.rigs import MAKES
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.troubles import TROUBLES, Damaged, Device, Switched
from hardware.simulators.vending_machine import VendingMachineSim
from inventory.catalogue import Place, Product, Slot
from kiosk.simulation.mishaps import MISHAPS
from web.workshop import POLICY, create_workshop_app
from web.workshop.mishaps import mishap_texts
from web.workshop.texts import FAULTS, FIELDS, HANDS, LANGUAGES, PAGE, fault_texts, texts_in

COLA = Product(
    "cola", {"en": "Cola", "fa": "کولا", "ar": "كولا"}, ("04006381333931",), 150, 60, "standard", "drinks",
    picture="can-red",
)  # fmt: skip
PLUM = Product(
    "plum",
    {"en": "Plum", "fa": "آلو", "ar": "برقوق"},
    (),
    40,
    10,
    "reduced",
    "fruit",
    picture="plum",
    is_loose=True,
)
SLOTS = (Slot("A1", Place.COIL, "cola", 8, 6, coil=1), Slot("S1", Place.SHELF, "plum", 20, 10))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(demo_wires({1: 3}), tmp_path) as bench:
        yield bench


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    app = create_workshop_app(
        bench,
        products=(COLA, PLUM),
        slots=SLOTS,
        draw=lambda name: f'<svg xmlns="http://www.w3.org/2000/svg"><title>{name}</title></svg>',
        currency="EUR",
        exponent=2,
        kiosk_name="K-001",
    )
    return app.test_client()


def truth(answer: TestResponse, device: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = next(one for one in answer.get_json()["devices"] if one["name"] == device)
    return found


def test_the_snapshot_shows_every_device_and_wire(client: FlaskClient) -> None:
    told = client.get("/api/snapshot").get_json()
    assert [device["name"] for device in told["devices"]] == [
        "coin", "hopper-10", "hopper-20", "hopper-50", "coils", "scanner", "printer",
    ]  # fmt: skip
    assert [(wire["name"], wire["baud"], wire["is_plugged"]) for wire in told["wires"]] == [
        ("coin", 9600, True), ("hoppers", 9600, True), ("coils", 57_600, True),
        ("scanner", 9600, True), ("printer", 115_200, True),
    ]  # fmt: skip


def test_a_hands_work_is_answered_with_the_new_truth(client: FlaskClient) -> None:
    told = client.post("/api/act", json={"device": "hopper-10", "hand": "fill", "values": {"qty": "25"}})
    assert truth(told, "hopper-10")["truth"]["inside"] == 25
    told = client.post(
        "/api/act", json={"device": "coils", "hand": "load", "values": {"slot": "1", "qty": "2"}}
    )
    assert truth(told, "coils")["truth"]["coils"]["1"] == 5


def test_a_fault_is_switched_on_and_off(client: FlaskClient) -> None:
    told = client.post("/api/fault", json={"device": "coin", "fault": "jam", "is_on": True})
    assert truth(told, "coin")["faults"]["jam"] is True
    told = client.post("/api/fault", json={"device": "coin", "fault": "jam", "is_on": False})
    assert truth(told, "coin")["faults"]["jam"] is False


def test_power_is_cut_for_one_device_and_for_the_box(client: FlaskClient) -> None:
    told = client.post("/api/power", json={"device": "printer", "is_on": False})
    assert [device["name"] for device in told.get_json()["devices"] if not device["is_powered"]] == [
        "printer"
    ]
    told = client.post("/api/power", json={"is_on": False})
    assert not any(device["is_powered"] for device in told.get_json()["devices"])
    told = client.post("/api/power", json={"is_on": True})
    assert all(device["is_powered"] for device in told.get_json()["devices"])


def test_a_cable_is_pulled_and_put_back(client: FlaskClient, bench: Bench) -> None:
    client.post("/api/unplug", json={"wire": "scanner"})
    assert not bench.port_path("scanner").is_symlink()
    client.post("/api/plug", json={"wire": "scanner"})
    assert bench.port_path("scanner").is_symlink()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/act", {"device": "nobody", "hand": "drop"}),
        ("/api/act", {"device": "coin", "hand": "juggle"}),
        ("/api/act", {"device": "coin", "hand": "drop", "values": {"position": "99"}}),
        ("/api/act", {"device": "coin", "hand": "drop", "values": {"qty": 3}}),
        ("/api/act", {"hand": "drop"}),
        ("/api/act", ["coin"]),
        ("/api/fault", {"device": "coin", "fault": "rust", "is_on": True}),
        ("/api/fault", {"device": "coin", "fault": "jam", "is_on": "yes"}),
        ("/api/power", {"device": "nobody", "is_on": True}),
        ("/api/power", {"is_on": True, "now": True}),
        ("/api/unplug", {"wire": "nowhere"}),
    ],
)
def test_what_is_not_understood_is_refused_with_words(client: FlaskClient, path: str, body: object) -> None:
    before = client.get("/api/snapshot").get_json()
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert client.get("/api/snapshot").get_json() == before


def test_a_body_that_is_no_json_is_refused(client: FlaskClient) -> None:
    assert client.post("/api/act", data=b"{", content_type="application/json").status_code == 400
    assert client.post("/api/act", data=b"\xff\x00", content_type="application/json").status_code == 400
    assert client.post("/api/act", data={"device": "coin"}).status_code == 415


def test_an_oversized_body_is_refused(client: FlaskClient) -> None:
    body = b'{"device": "coin", "hand": "' + b"x" * 70_000 + b'"}'
    assert client.post("/api/act", data=body, content_type="application/json").status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_pages_post_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/power", json={"is_on": False}, headers=headers)
    assert answer.status_code == 403
    assert all(device["is_powered"] for device in client.get("/api/snapshot").get_json()["devices"])


def test_the_workshops_own_page_may_post(client: FlaskClient) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/power", json={"is_on": False}, headers=own).status_code == 200


def test_a_name_that_is_not_loopback_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8070", "localhost:8070"):
        assert client.get("/", headers={"Host": host}).status_code == 200


def test_unknown_addresses_are_not_found(client: FlaskClient) -> None:
    for path in ("/nothing", "/pictures/other.svg", "/paper/printer/0.png", "/static/../__init__.py"):
        assert client.get(path).status_code == 404
    assert client.get("/api/wires/nowhere").status_code == 400
    assert client.get("/api/act").status_code == 405


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    for path in ("/", "/api/snapshot", "/static/workshop.js", "/house/tokens.css", "/nothing"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()
    assert "unsafe" not in POLICY


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl"), ("xx", "ltr")]
)
def test_the_page_turns_with_its_language(client: FlaskClient, language: str, direction: str) -> None:
    page = client.get(f"/?lang={language}").get_data(as_text=True)
    assert f'dir="{direction}"' in page
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page


def test_the_setting_tells_goods_coils_and_texts(client: FlaskClient) -> None:
    told = client.get("/api/setting?lang=fa").get_json()
    assert [(product["sku"], product["code"]) for product in told["products"]] == [
        ("cola", "4006381333931"),
        ("plum", ""),
    ]
    assert told["coils"] == [{"coil": 1, "code": "A1", "sku": "cola", "capacity": 8}]
    assert (told["currency"], told["exponent"]) == ("EUR", 2)
    assert told["texts"]["title"] == "کارگاه"
    picture = client.get(told["products"][0]["picture"])
    assert (picture.mimetype, "can-red" in picture.get_data(as_text=True)) == ("image/svg+xml", True)


def test_the_font_is_served(client: FlaskClient) -> None:
    answer = client.get("/font/Vazirmatn.woff2")
    assert answer.get_data().startswith(b"wOF2")
    answer.close()


def test_a_printers_sheets_are_pictures(client: FlaskClient, bench: Bench) -> None:
    assert client.get("/api/paper/printer").get_json() == {"device": "printer", "qty": 0}
    bench.ask("printer", lambda printer: printer.machine.receive(b"hello\n\x1dV\x00", 10))
    client.post("/api/act", json={"device": "printer", "hand": "tear", "values": {}})
    assert client.get("/api/paper/printer").get_json()["qty"] > 0
    assert client.get("/paper/printer/0.png").get_data().startswith(b"\x89PNG")
    assert client.get("/api/paper/coin").get_json() == {"device": "coin", "qty": 0}


def test_every_fault_and_hand_of_the_demo_is_explained_in_three_languages(client: FlaskClient) -> None:
    for device in client.get("/api/snapshot").get_json()["devices"]:
        for fault in device["faults"]:
            rows = fault_texts(device["kind"], fault)
            assert rows is not None, f"{device['kind']} {fault}"
            assert all(len(set(row)) == len(LANGUAGES) for row in rows)
        for hand in device["hands"]:
            assert hand["name"] in HANDS


def test_every_trouble_can_befall_some_rig_and_has_texts() -> None:
    places = [
        Device.of(simulator, wire.name)
        for makes in MAKES.values()
        for rig in makes
        for wire in rig.wires({})
        for simulator in wire.simulators
    ]
    for trouble in TROUBLES.values():
        assert trouble.targets(places), trouble.name
        texts = mishap_texts(trouble)
        assert texts is not None, trouble.name
        assert all(len(set(row)) == len(LANGUAGES) for row in texts)


def test_every_trouble_that_can_befall_the_devices_is_offered_by_its_name_in_three_languages(
    client: FlaskClient, bench: Bench
) -> None:
    possible = [name for name, trouble in TROUBLES.items() if trouble.targets(bench.places)]
    rows = {
        language: client.get(f"/api/mishaps?lang={language}").get_json()["mishaps"] for language in LANGUAGES
    }
    for offered in rows.values():
        assert [row["mishap"] for row in offered] == possible
        assert {row["mishap"] for row in offered} <= set(MISHAPS)
        assert all(row["targets"] and row["about"] for row in offered)
    names = zip(*([row["name"] for row in offered] for offered in rows.values()), strict=True)
    assert all(len(set(row)) == len(LANGUAGES) for row in names)


def test_every_fault_of_a_simulator_is_a_mishap(client: FlaskClient) -> None:
    for device in client.get("/api/snapshot").get_json()["devices"]:
        for fault in device["faults"]:
            known = [
                trouble.name
                for trouble in TROUBLES.values()
                if isinstance(trouble.means, Switched)
                and trouble.means.fault == fault
                and device["kind"] in trouble.kinds
            ]
            assert known, f"{device['kind']} {fault}"


def test_each_lasting_mishap_begins_is_shown_and_ends(client: FlaskClient) -> None:
    lasting = [row for row in client.get("/api/mishaps").get_json()["mishaps"] if row["is_lasting"]]
    assert len(lasting) > 60
    for row in lasting:
        switch = {"mishap": row["mishap"], "target": row["targets"][0]}
        told = client.post("/api/mishap", json={**switch, "is_on": True}).get_json()
        assert told["mishaps"][row["mishap"]] == [row["targets"][0]]
        told = client.post("/api/mishap", json={**switch, "is_on": False}).get_json()
        assert told["mishaps"] == {}, row["mishap"]


def test_a_mishap_that_is_over_at_once_leaves_its_mark(client: FlaskClient) -> None:
    client.post("/api/act", json={"device": "hopper-20", "hand": "fill", "values": {"qty": "9"}})
    told = client.post("/api/mishap", json={"mishap": "hopper_empty", "target": "hopper-20", "is_on": True})
    assert truth(told, "hopper-20")["truth"]["inside"] == 0
    assert told.get_json()["mishaps"] == {}


@pytest.mark.parametrize(
    ("name", "target"), [("rust", "coin"), ("coin_jam", "printer"), ("line_drop", "nowhere")]
)
def test_a_mishap_that_cannot_be_is_refused_with_words(client: FlaskClient, name: str, target: str) -> None:
    answer = client.post("/api/mishap", json={"mishap": name, "target": target, "is_on": True})
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_every_text_is_there_in_three_languages() -> None:
    for key, row in {**PAGE, **HANDS, **FIELDS}.items():
        assert all(row), key
        names = [frozenset(part for part in ("{name}", "{qty}") if part in text) for text in row]
        assert len(set(names)) == 1, key
    assert {len(texts_in(language)) for language in LANGUAGES} == {len(PAGE) + len(HANDS) + len(FIELDS)}
    assert set(FAULTS) == {
        "coin_acceptor", "note_validator", "card_reader", "hopper", "coil_board", "vending_machine", "scanner", "printer",
    }  # fmt: skip


def test_every_text_that_the_page_asks_for_exists() -> None:
    script = (Path(__file__).parents[3] / "web" / "workshop" / "static" / "workshop.js").read_text("utf-8")
    asked = set(re.findall(r'text\("([a-z_.]+)"', script)) | set(
        re.findall(r'\? "([a-z]+\.[a-z_]+)" : "', script)
    )
    assert len(asked) > 30
    assert asked <= set(PAGE)


OF_OTHER_RIGS = (
    ChangerSim("coin", 1, {1: 10}, {"tube-10": 1}),
    ValidatorSim("notes", 2, {1: 500}, {}),
    SmartHopperSim("smart", 4, (10, 20)),
    VendingMachineSim("old", {11: 100}, {}, 10),
    ReaderSim("reader", 3),
)
"""Devices that the demo has not."""


def test_every_hand_and_fault_of_changers_validators_and_readers_is_named() -> None:
    for each in OF_OTHER_RIGS:
        assert {hand.name for hand in each.hands} <= set(HANDS)
    reader = OF_OTHER_RIGS[-1]
    own = set(FAULTS["card_reader"])
    assert own <= set(reader.faults)
    assert {"declines", "late_approval", "refund_fails", "never_answers"} <= own


def test_a_fault_that_is_no_mishap_is_told_with_the_mishaps(client: FlaskClient) -> None:
    told = client.get("/api/mishaps?lang=fa").get_json()
    assert told["faults"]["card_reader"]["declines"]["name"] == "رد می‌کند"
    row = next(row for row in told["mishaps"] if row["mishap"] == "coin_jam")
    assert row["fault"] == "jam"


def test_everything_that_a_hand_is_asked_for_has_a_name(client: FlaskClient) -> None:
    devices = client.get("/api/snapshot").get_json()["devices"]
    asked = {field["name"] for device in devices for hand in device["hands"] for field in hand["fields"]}
    asked |= {field.name for each in OF_OTHER_RIGS for hand in each.hands for field in hand.fields}
    assert asked == set(FIELDS)
    assert all(text and len(set(row)) == len(LANGUAGES) for row in FIELDS.values() for text in row)


def test_one_request_ends_every_mishap_that_goes_on(client: FlaskClient, bench: Bench) -> None:
    for name, trouble in TROUBLES.items():
        targets = trouble.targets(bench.places)
        if targets and trouble.is_lasting and not isinstance(trouble.means, Damaged):
            bench.begin(name, targets[0])
    bench.begin("line_flip", "coin")
    assert len(client.get("/api/snapshot").get_json()["mishaps"]) > 20
    assert client.post("/api/mend", json={}).get_json()["mishaps"] == {}
    assert client.post("/api/mend", json={"only": "coin"}).status_code == 400
