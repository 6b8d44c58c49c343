"""A whole market in one thread: the real till, drivers and store on virtual time, simulated wires, disk and people."""
