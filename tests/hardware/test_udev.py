"""Rules for the device manager: each adapter by what it is, in a form that a rules file may have."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.events import DeviceKind
from hardware.port import UsbLine
from hardware.rig import DeviceConfig, PortConfig, RigConfig, RigConfigError, Wire, check_rig
from hardware.wires.udev import general_rules, named_rules

SCANNER = PortConfig(
    "scanner", "usb:0403:6001:A50285BI", 9600, Wire.SCANNER, (DeviceConfig("scanner", DeviceKind.SCANNER),)
)
RULE = re.compile(
    r'([A-Z]+(\{[A-Za-z_/]+\})?(==|\+=|=)"[^"]*")(, [A-Z]+(\{[A-Za-z_/]+\})?(==|\+=|=)"[^"]*")*'
)


def test_every_line_is_a_comment_or_a_rule_that_matches_before_it_sets() -> None:
    lines = [*general_rules().splitlines(), *named_rules([SCANNER], ())]
    rules = [line for line in lines if line and not line.startswith("#")]
    assert len(rules) >= 8
    for line in rules:
        assert RULE.fullmatch(line), line
        assert "==" in line.partition(",")[0], f"it would hold for every device: {line}"


def test_whoever_looks_for_modems_is_kept_off_the_adapters() -> None:
    tty = [line for line in general_rules().splitlines() if line.startswith('SUBSYSTEM=="tty"')]
    assert tty
    assert all('ENV{ID_MM_DEVICE_IGNORE}="1"' in line for line in tty)


def test_an_adapter_is_known_by_its_serial_number_also_while_it_is_not_plugged_in() -> None:
    comment, rule = named_rules([SCANNER], ())
    assert comment.endswith('path = "/dev/kiosk/scanner" into the configuration')
    assert 'ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", ATTRS{serial}=="A50285BI"' in rule
    assert 'SYMLINK+="kiosk/scanner"' in rule


def test_a_port_that_is_named_by_its_file_gets_the_adapter_that_is_behind_it(tmp_path: Path) -> None:
    master, slave = os.openpty()
    real = os.ttyname(slave)
    link = tmp_path / "coins"
    link.symlink_to(real)
    adapter = UsbLine(real, 0x1A86, 0x7523, "", "1-1.4")
    _, rule = named_rules([replace(SCANNER, path=str(link))], (adapter,))
    assert 'KERNELS=="1-1.4", ATTRS{idVendor}=="1a86"' in rule
    _, part = named_rules([replace(SCANNER, path=str(link))], (replace(adapter, place="1-1.4:1.2"),))
    assert 'KERNELS=="1-1.4:1.2"' in part
    assert "idVendor" not in part
    for descriptor in (master, slave):
        os.close(descriptor)


def test_what_is_no_adapter_says_so_and_gets_no_rule() -> None:
    (said,) = named_rules([replace(SCANNER, path="/dev/ttyS0")], ())
    assert said.startswith("# scanner: no USB adapter is at /dev/ttyS0 now")


@pytest.mark.parametrize("path", ["usb:0403", "usb:0403:6001:", "usb:zzzz:6001"])
def test_a_misspelt_adapter_is_refused_by_its_key(path: str) -> None:
    with pytest.raises(RigConfigError) as refused:
        check_rig(RigConfig((replace(SCANNER, path=path),)))
    assert refused.value.key == "ports[0].path"
    assert "usb:VENDOR:PRODUCT" in refused.value.allowed
