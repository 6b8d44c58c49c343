"""The desk says how the store is cared for, in three languages."""

from __future__ import annotations

import pytest

from kiosk.runtime.backup import BackupStatus
from kiosk.runtime.idle_check import CheckStatus
from kiosk.runtime.service import StoreCare
from tests.web.admin.office import OWNER, Office
from web.admin.care import show_care

WELL = StoreCare(
    anchor="",
    copies=BackupStatus(is_set_up=True, at="2026-03-02T09:00:00.000Z", place=(1, 90)),
    check=CheckStatus(120, 120, "2026-03-02T09:05:00.000Z"),
)
ILL = StoreCare(
    anchor="missing",
    copies=BackupStatus(is_set_up=True, problem="No space left on device", is_same_disk=True),
    check=CheckStatus(29, 120, "2026-03-02T09:05:00.000Z", "its digest does not fit", ((1, 30), (1, 30))),
)


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_a_well_kept_store_is_told_on_the_devices_page_and_needs_nobody(
    office: Office, language: str
) -> None:
    visitor = office.client(OWNER, language)
    show_care(office.app, lambda: WELL)
    assert "1-90" in visitor.get("/desk/health").text
    assert "1-90" not in visitor.get("/desk/").text


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_what_is_wrong_with_the_store_is_an_alert(office: Office, language: str) -> None:
    show_care(office.app, lambda: ILL)
    visitor = office.client(OWNER, language)
    for path in ("/desk/", "/desk/health"):
        page = visitor.get(path).text
        assert "1-30" in page
        assert "No space left on device" in page


def test_a_kiosk_without_copies_is_told_where_to_configure_them(office: Office) -> None:
    show_care(office.app, lambda: StoreCare("", BackupStatus(is_set_up=False), CheckStatus(5, 120)))
    page = office.client(OWNER).get("/desk/health").text
    assert "[backup]" in page
    assert "120" in page


@pytest.mark.parametrize(
    "copies",
    [
        BackupStatus(is_set_up=False),
        BackupStatus(is_set_up=True, at="2026-03-02T09:00:00.000Z", place=(1, 90), is_same_disk=True),
    ],
)
def test_copies_that_would_die_with_the_disk_are_no_good_row(office: Office, copies: BackupStatus) -> None:
    show_care(office.app, lambda: StoreCare("", WELL.copies, WELL.check))
    visitor = office.client(OWNER)
    assert "Please act:" not in visitor.get("/desk/health").text
    show_care(office.app, lambda: StoreCare("", copies, WELL.check))
    assert visitor.get("/desk/health").text.count("Please act:") == 1
    assert "disk" in visitor.get("/desk/").text.partition("</section>")[0]
