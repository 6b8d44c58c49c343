"""MDB/ICP, the vending bus, with the kiosk as its master behind an adapter box; see README.md."""
