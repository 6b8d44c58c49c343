"""The store: one database file per kiosk, one writer, appended and projected in one transaction."""
