"""The journal's entries: canonical bytes, hash chain, and old facts read as new ones. No I/O."""
