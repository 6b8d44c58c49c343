"""Serial barcode scanners: bytes that come when somebody scans, and nothing else; both ends of the wire."""
