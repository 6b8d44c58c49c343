"""The physical count of a simulated world: what lies where, and what passed through whose hands, for the auditor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from inventory.catalogue import Place
from kiosk.runtime.shop import boxes_of
from kiosk.simulation.auditor import PhysicalCount, Shopper, VendorsHands, count_devices
from kiosk.simulation.people import CLERK, Crowd, Person, worth
from kiosk.simulation.world import World


def count_world(world: World, crowd: Crowd) -> PhysicalCount:
    """Count a world at rest: every coin and every piece, by the simulators' own memory and the people's hands."""
    crowd.close_last()
    collected = cast("Mapping[str, int]", world.acceptor.snapshot()["collected"])
    return count_devices(
        acceptors=(world.acceptor.snapshot(),),
        hoppers={hopper.name: hopper.snapshot() for hopper in world.hoppers},
        boards=(world.coils.snapshot(),),
        slots={slot.code: slot.coil for slot in world.catalogue.slots.values() if slot.place is Place.COIL},
        shoppers=tuple(_shopper(world, person) for person in crowd.people if person.manner != CLERK),
        vendor=VendorsHands(
            brought_minor=_worth_of(world, "filled"),
            carried_off_minor=sum(world.rig.coins[int(position)] * qty for position, qty in collected.items())
            + _worth_of(world, "removed")
            + sum(each.value_minor * cast("int", each.snapshot()["emptied"]) for each in world.box_owners)
            + sum(worth(each.returned) + worth(each.paid) for each in crowd.people if each.manner == CLERK),
        ),
        hidden_minor=world.hidden,
        validators={world.rig.validator: world.validator.snapshot()} if world.validator else {},
        charged_minor=world.reader.charged_minor if world.reader else None,
        machines=(world.machine.snapshot(),) if world.machine else (),
        machine_slots={slot.code: slot.coil for slot in world.machine_slots},
        boxes=boxes_of(world.config),
        loaded_minor=world.reader.loaded_minor if world.reader else 0,
    )


def _worth_of(world: World, total: str) -> int:
    """What hands did to all hoppers, by the hoppers' own memory."""
    return sum(hopper.value_minor * cast("int", hopper.snapshot()[total]) for hopper in world.hoppers)


def _shopper(world: World, person: Person) -> Shopper:
    slots = {slot.coil: slot for slot in world.catalogue.slots.values() if slot.place is Place.COIL}
    products = world.catalogue.products
    goods_minor = sum(products[slots[coil].sku].due_minor * qty for coil, qty in person.goods.items())
    if world.machine is not None:
        goods_minor += sum(world.machine.price_of(item) * qty for item, qty in person.machine_goods.items())
    return Shopper(
        name=person.name,
        put_in_minor=worth(person.dropped) + person.charged_minor,
        got_back_minor=worth(person.returned) + worth(person.paid) + person.loaded_minor,
        goods_minor=goods_minor,
        windfall_minor=person.windfall_minor,
        from_entry=person.from_seq,
        until_entry=person.until_seq,
    )
