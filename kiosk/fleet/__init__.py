"""Several kiosks on one desk: journal batches go out, are checked again, stored under their kiosk's id, and acknowledged."""
