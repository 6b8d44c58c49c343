"""The desk's pages, one module each; each adds its own to the blueprint."""
