"""Evidence files: what is in them, who can check them, and that no byte of one can be changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from kiosk.claims.desk import PHONE, ClaimDesk
from kiosk.claims.pack import (
    SIGN_TAG,
    Circumstances,
    NoSuchClaimError,
    NoSuchVisitError,
    VisitOpenError,
    canonical,
    check_evidence,
    pack_claim,
    pack_evidence,
    read_story,
)
from kiosk.core import facts as f
from kiosk.core.facts import About
from kiosk.runtime.clock import stamp_of
from tests.kiosk.ledger_world import KIOSK_ID, World

DETAILS = "Sahar, +49 30 123456"
ABOUT = Circumstances(
    made_at="2026-11-21T10:00:00.000Z",
    software="test",
    vendor={"name": "Nilufar", "phone": "+49 30 5550 0199", "machine": "17"},
    currency="EUR",
    exponent=2,
    receipt={"en": "Receipt"},
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(world: World) -> ClaimDesk:
    return ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall)


def pack(world: World, desk: ClaimDesk, visit: str) -> bytes:
    return pack_evidence(world.reader, desk, kiosk_id=KIOSK_ID, visit=visit, key=world.key, about=ABOUT)


def pack_of(world: World, desk: ClaimDesk, claim: str) -> bytes:
    return pack_claim(world.reader, desk, kiosk_id=KIOSK_ID, claim=claim, key=world.key, about=ABOUT)


def checkpoint(world: World) -> None:
    world.till._state = world.ledger.checkpoint(world.till._state, stamp_of(world.clock))


def dispute(world: World, desk: ClaimDesk) -> bytes:
    """A sale between checkpoints whose change never came, and its claim; a stranger's sale and claim stand around."""
    checkpoint(world)
    world.sale()
    world.done()
    visit = world.short_change()
    world.done()
    desk.open(
        token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit=visit, details=DETAILS
    )
    desk.open(token="stranger", about=About.SWALLOWED, said_minor=200, channel=PHONE, details="Somebody else")
    world.fill({"hopper-50": 5})
    world.sale()
    world.done()
    checkpoint(world)
    return pack(world, desk, visit)


def resigned(data: bytes, change: Callable[[dict[str, Any]], None], key: SigningKey) -> bytes:
    """A liar with a key: changes the document and signs it again."""
    document = json.loads(data)["evidence"]
    change(document)
    document["public_key"] = key.verify_key.encode().hex()
    signature = key.sign(SIGN_TAG + canonical(document)).signature.hex()
    return canonical({"evidence": document, "signature": signature}) + b"\n"


def test_an_honest_file_holds_with_and_without_a_known_key(world: World, desk: ClaimDesk) -> None:
    data = dispute(world, desk)
    key = world.key.verify_key.encode().hex()
    found = check_evidence(data)
    assert found.problems == ()
    assert any("trusted" in each and key in each for each in found.unknown)
    told = check_evidence(data, public_key=key.upper())
    assert told.problems == ()
    assert not any("trusted" in each for each in told.unknown)
    assert check_evidence(data, public_key="0" * 64).problems
    (claim,) = told.evidence["claims"]
    assert (claim["then"]["verdict"], claim["today"]["verdict"]) == ("proven", "proven")
    assert set(claim["why"]) == {"en", "fa", "ar"}
    assert told.evidence["account"] == {"coins": 200, "redeemed": 0, "sold": 150, "paid_out": 0, "owed": 50}


def test_it_is_anchored_between_two_signed_checkpoints(world: World, desk: ClaimDesk) -> None:
    document = json.loads(dispute(world, desk))["evidence"]
    kinds = [each["kind"] for each in document["entries"]]
    assert kinds.count("CheckpointSigned") == 2
    assert {"AcceptorBaselined", "HopperBaselined", "Booted", "ClaimWeighed"} <= set(kinds)
    assert "AcceptorBaselined" in {each["kind"] for each in document["devices"]}


def test_nobody_elses_business_is_in_it(world: World, desk: ClaimDesk) -> None:
    data = dispute(world, desk)
    document = json.loads(data)["evidence"]
    mine = document["visit"]
    strangers = world.facts(f.ClaimOpened)[1].fact
    assert isinstance(strangers, f.ClaimOpened)
    text = data.decode() + "".join(base64.b64decode(each["body"]).decode() for each in document["entries"])
    for secret in (DETAILS, "Somebody else", strangers.subject, strangers.token, strangers.claim):
        assert secret not in text
    (debt,) = world.facts(f.DebtRecorded)
    code = world.debt_code(1, debt.seq)
    assert code not in text
    assert f"{code[:4]} {code[4:]}" not in text
    assert {each["visit"] for each in document["entries"]} == {"", mine}
    listed = sum(len(run["digests"]) for run in document["digests"])
    assert listed > len(document["entries"]), "the others are there as digests"
    assert check_evidence(data).problems == ()


def test_the_opening_of_a_claim_is_told_without_its_secrets(world: World, desk: ClaimDesk) -> None:
    data = dispute(world, desk)
    document = json.loads(data)["evidence"]
    (mine, _strangers) = world.facts(f.ClaimOpened)
    assert isinstance(mine.fact, f.ClaimOpened)
    bodies = [json.loads(base64.b64decode(each["body"]))["fact"] for each in document["entries"]]
    assert not any(body.get("token") == mine.fact.token for body in bodies)
    assert mine.fact.subject
    assert mine.fact.subject not in data.decode() + str(bodies)
    assert mine.seq not in {each["seq"] for each in document["entries"]}
    assert document["opened"] == [
        {
            "seq": mine.seq,
            "at": mine.at,
            "claim": mine.fact.claim,
            "about": "no_money_back",
            "visit": document["visit"],
            "said_minor": 50,
            "channel": PHONE,
        }
    ]
    checked = check_evidence(data)
    assert checked.problems == ()
    assert any("a secret of the claimant" in each and str(mine.seq) in each for each in checked.unknown)


def test_any_byte_that_is_changed_is_found(world: World, desk: ClaimDesk) -> None:
    data = dispute(world, desk)
    assert check_evidence(data).problems == ()
    step = max(1, len(data) // 1_500)
    places = {*range(0, len(data), step), *range(40), *range(len(data) - 250, len(data))}
    for place in sorted(places):
        for flip in (0x01, 0x20):
            broken = bytearray(data)
            broken[place] ^= flip
            assert check_evidence(bytes(broken)).problems, f"byte {place} flipped by {flip}"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data[: len(data) // 2],
        lambda _data: b"[" * 100_000,
        lambda _data: b"{}",
        lambda _data: b'{"evidence":1,"signature":""}',
        lambda data: b"\xff" + data,
        lambda data: json.dumps(json.loads(data), indent=1).encode(),
    ],
)
def test_what_is_no_file_of_ours_is_refused_in_words(
    world: World, desk: ClaimDesk, spoil: Callable[[bytes], bytes]
) -> None:
    found = check_evidence(spoil(dispute(world, desk)))
    assert found.problems
    assert all(each[0].islower() for each in found.problems)


def _drop_entry(document: dict[str, Any]) -> None:
    coin = next(each for each in document["entries"] if each["kind"] == "CoinCredited")
    document["entries"].remove(coin)


def _other_body(document: dict[str, Any]) -> None:
    coin = next(each for each in document["entries"] if each["kind"] == "CoinCredited")
    body = base64.b64decode(coin["body"]).replace(b'"value_minor":100', b'"value_minor":200')
    coin["body"] = base64.b64encode(body).decode()


def _other_field(document: dict[str, Any]) -> None:
    document["entries"][-1]["at"] = "2020-01-01T00:00:00.000Z"


def _other_digest(document: dict[str, Any]) -> None:
    document["digests"][0]["digests"][0] = "0" * 64


def _no_digests(document: dict[str, Any]) -> None:
    document["digests"] = []


def _other_verdict(document: dict[str, Any]) -> None:
    document["claims"][0]["today"]["verdict"] = "contradicted"


def _other_words(document: dict[str, Any]) -> None:
    document["opened"][0]["about"] = "swallowed"


def _no_opening(document: dict[str, Any]) -> None:
    document["opened"] = []


def _opening_elsewhere(document: dict[str, Any]) -> None:
    document["opened"][0]["seq"] -= 1


def _opening_of_another_claim(document: dict[str, Any]) -> None:
    document["opened"][0]["claim"] = "C1-1"


def _opening_twice(document: dict[str, Any]) -> None:
    document["opened"] *= 2


def _opening_with_more(document: dict[str, Any]) -> None:
    document["opened"][0]["note"] = "trust me"


def _opening_without_a_digest(document: dict[str, Any]) -> None:
    seq = document["opened"][0]["seq"]
    for run in document["digests"]:
        if run["first"] <= seq < run["first"] + len(run["digests"]):
            run["digests"] = run["digests"][: seq - run["first"]]


def _no_claim(document: dict[str, Any]) -> None:
    document["claims"] = []


def _other_account(document: dict[str, Any]) -> None:
    document["account"]["owed"] = 0


def _swapped(document: dict[str, Any]) -> None:
    entries = document["entries"]
    entries[0], entries[1] = entries[1], entries[0]


def _extra_field(document: dict[str, Any]) -> None:
    document["entries"][0]["note"] = "trust me"


@pytest.mark.parametrize(
    "change",
    [
        _drop_entry,
        _other_body,
        _other_field,
        _other_digest,
        _no_digests,
        _other_verdict,
        _other_words,
        _no_opening,
        _opening_elsewhere,
        _opening_of_another_claim,
        _opening_twice,
        _opening_with_more,
        _opening_without_a_digest,
        _no_claim,
        _other_account,
        _swapped,
        _extra_field,
    ],
)
def test_even_whoever_holds_the_key_cannot_make_the_entries_say_something_else(
    world: World, desk: ClaimDesk, change: Callable[[dict[str, Any]], None]
) -> None:
    assert check_evidence(resigned(dispute(world, desk), change, world.key)).problems


def test_a_file_signed_by_a_strangers_key_does_not_fit_its_checkpoints(world: World, desk: ClaimDesk) -> None:
    found = check_evidence(resigned(dispute(world, desk), lambda _document: None, SigningKey(b"x" * 32)))
    assert any("not signed by the key" in each for each in found.problems)


def test_a_visit_without_a_claim_says_what_each_claim_would_be(world: World, desk: ClaimDesk) -> None:
    visit = world.sale()
    world.done()
    found = check_evidence(pack(world, desk, visit))
    assert found.problems == ()
    assert [each["about"] for each in found.evidence["claims"]] == [str(about) for about in About]
    assert any("before a signed checkpoint" in each for each in found.unknown), "none was written yet"


def test_a_long_story_packs_and_holds(world: World, desk: ClaimDesk) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.cut_power()
    world.identify()
    world.wait(10_000)
    outcome = desk.open(token="t", about=About.NO_GOODS, said_minor=0, channel=PHONE, visit=visit)
    assert outcome.status is not None
    desk.decide(outcome.status.claim, by="owner", amount_minor=150)
    world.done()
    for debt in list(world.state.debts.values()):
        world.type_code(world.debt_code(1, debt.seq))
        world.pay()
        world.done()
    found = check_evidence(pack(world, desk, visit))
    assert found.problems == ()
    assert "DebtRedeemed" in {each["kind"] for each in found.evidence["entries"]}


def test_no_visit_and_an_open_one_are_said(world: World, desk: ClaimDesk) -> None:
    with pytest.raises(NoSuchVisitError):
        pack(world, desk, "V1-999")
    world.coin(100)
    with pytest.raises(VisitOpenError):
        pack(world, desk, world.screen().visit)


# --- a claim without a visit ----------------------------------------------------------------------------------------


def swallowed(world: World, desk: ClaimDesk, *, is_decided: bool = True) -> tuple[str, bytes]:
    """A claim that names no visit, between strangers' sales and another stranger's claim; refused, because nothing was found."""
    checkpoint(world)
    world.sale()
    world.done()
    desk.open(token="stranger", about=About.NO_GOODS, said_minor=0, channel=PHONE, details="Somebody else")
    outcome = desk.open(token="mine", about=About.SWALLOWED, said_minor=200, channel=PHONE, details=DETAILS)
    assert outcome.status is not None
    claim = outcome.status.claim
    if is_decided:
        desk.decide(claim, by="parvin", amount_minor=0, reason="Nothing was found")
    world.sale()
    world.done()
    checkpoint(world)
    return claim, pack_of(world, desk, claim)


def test_a_refused_claim_without_a_visit_has_a_file_that_holds(world: World, desk: ClaimDesk) -> None:
    claim, data = swallowed(world, desk)
    found = check_evidence(data, public_key=world.key.verify_key.encode().hex())
    assert found.problems == ()
    assert (found.claim, found.visit) == (claim, "")
    document = found.evidence
    assert document["decision"] == {
        "state": "refused",
        "by": "parvin",
        "amount_minor": 0,
        "reason": "Nothing was found",
    }
    (case,) = document["claims"]
    assert (case["then"]["verdict"], case["today"]["reason"]) == ("unseen", "nothing_seen")
    kinds = [each["kind"] for each in document["entries"]]
    assert {"Booted", "AcceptorBaselined", "HopperBaselined", "ClaimWeighed", "ClaimRefused"} <= set(kinds)
    assert kinds.count("CheckpointSigned") == 2
    assert any("2 visits of other shoppers" in each for each in found.unknown)


def test_neighbours_of_a_claim_are_sums_without_names_or_goods(world: World, desk: ClaimDesk) -> None:
    claim, data = swallowed(world, desk)
    document = json.loads(data)["evidence"]
    assert [(each["taken_minor"], each["sold_minor"]) for each in document["neighbours"]] == [(200, 150)] * 2
    text = data.decode() + "".join(base64.b64decode(each["body"]).decode() for each in document["entries"])
    (strangers, mine) = (each.fact for each in world.facts(f.ClaimOpened))
    assert isinstance(strangers, f.ClaimOpened)
    assert isinstance(mine, f.ClaimOpened)
    opened = [each.fact for each in world.facts(f.VisitOpened)]
    visits = [each.visit for each in opened if isinstance(each, f.VisitOpened)]
    for secret in (DETAILS, "Somebody else", mine.subject, strangers.subject, strangers.claim, *visits):
        assert secret not in text
    assert '"token":"mine"' not in text
    assert not {"SaleClosed", "CoinCredited", "LineAdded"} & {each["kind"] for each in document["entries"]}
    assert claim in text


def test_what_the_machine_said_while_others_shopped_is_in_the_file(world: World, desk: ClaimDesk) -> None:
    world.coin(100)
    world.coins_lost(1)
    claim, data = swallowed(world, desk, is_decided=False)
    found = check_evidence(data)
    assert found.problems == ()
    (case,) = found.evidence["claims"]
    assert (case["then"]["verdict"], case["today"]["reason"]) == ("consistent", "swallowed_window")
    assert found.evidence["decision"] == {}
    story = read_story(world.reader, desk, kiosk_id=KIOSK_ID, claim=claim)
    assert "MoneyPossiblySwallowed" in {type(each.fact).__name__ for each in story.entries}
    assert story.window is not None


def test_what_a_verdict_rested_on_in_other_visits_is_told_in_words(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    world.done()
    outcome = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE)
    assert outcome.status is not None
    assert outcome.status.debt
    found = check_evidence(pack_of(world, desk, outcome.status.claim))
    assert found.problems == ()
    (case,) = found.evidence["claims"]
    assert case["then"]["verdict"] == "proven"
    assert "DebtRecorded" in {each["kind"] for each in found.evidence["entries"]}, (
        "it was paid through this debt"
    )


def test_a_claim_about_a_visit_has_a_file_of_its_own(world: World, desk: ClaimDesk) -> None:
    visit = world.short_change()
    world.done()
    outcomes = [
        desk.open(token=token, about=about, said_minor=50, channel=PHONE, visit=visit)
        for token, about in (("t", About.NO_MONEY_BACK), ("u", About.SWALLOWED))
    ]
    for outcome, about in zip(outcomes, ("no_money_back", "swallowed"), strict=True):
        assert outcome.status is not None
        found = check_evidence(pack_of(world, desk, outcome.status.claim))
        assert found.problems == ()
        assert [each["about"] for each in found.evidence["claims"]] == [about]
    with pytest.raises(NoSuchClaimError):
        pack_of(world, desk, "C1-999")


def _other_decision(document: dict[str, Any]) -> None:
    document["decision"]["reason"] = "We found it"


def _other_window(document: dict[str, Any]) -> None:
    document["window"]["last"] = document["window"]["first"]


def _other_place(document: dict[str, Any]) -> None:
    document["neighbours"][0]["first"] = document["window"]["last"] + 1


def _other_claim(document: dict[str, Any]) -> None:
    document["claim"] = "C1-1"


def _other_then(document: dict[str, Any]) -> None:
    document["claims"][0]["then"]["verdict"] = "contradicted"


def _count_in_the_window(document: dict[str, Any]) -> None:
    document["counted"] = [{"seq": 1, "at": "", "expected_minor": 0, "counted_minor": 0}]


def _no_weighing(document: dict[str, Any]) -> None:
    document["entries"] = [each for each in document["entries"] if each["kind"] != "ClaimWeighed"]


def _other_about(document: dict[str, Any]) -> None:
    document["opened"][0]["about"] = "bad_goods"


def test_even_the_key_cannot_make_a_file_without_a_visit_say_something_else(
    world: World, desk: ClaimDesk
) -> None:
    _, data = swallowed(world, desk)
    for change in (
        _other_decision,
        _other_window,
        _other_place,
        _other_claim,
        _other_then,
        _count_in_the_window,
        _no_weighing,
        _other_about,
        _no_opening,
        _no_claim,
        _extra_field,
    ):
        assert check_evidence(resigned(data, change, world.key)).problems, change.__name__
