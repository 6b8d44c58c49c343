"""Serial lines and the devices on them; knows nothing of kiosks, prices or shoppers."""
