"""What turns: the till thread, the devices' threads, the clock, and the door between the screen and the money."""
