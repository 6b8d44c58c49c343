"""SSP and its encrypted form eSSP: note validators, note recyclers and coin hoppers of one maker on one wire, both ends."""
