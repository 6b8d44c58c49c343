"""The sample market's goods and planogram: what the demo, the simulation and a newcomer's first look sell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from inventory.catalogue import Catalogue
from inventory.goods_file import read_goods, read_planogram

FOLDER: Final = Path(__file__).parent


class SampleError(Exception):
    """The sample market's own files are wrong: a defect of this product."""


def sample_catalogue(exponent: int, tax_classes: Iterable[str]) -> tuple[Catalogue, bytes]:
    """The sample market's goods and planogram, and the bytes of the goods file.

    Args:
        exponent: Decimals of the currency in which prices are read.
        tax_classes: Those that the kiosk knows.

    Raises:
        SampleError: The files do not fit.
    """
    data = (FOLDER / "goods.csv").read_bytes()
    goods = read_goods(data, exponent=exponent, tax_classes=tuple(tax_classes))
    plan = read_planogram((FOLDER / "planogram.csv").read_bytes(), goods.products)
    problems = (*goods.problems, *plan.problems)
    if problems:
        raise SampleError(str(problems[0]))
    return Catalogue.of(goods.products, plan.slots), data
