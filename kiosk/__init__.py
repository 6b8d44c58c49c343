"""The till, its journal, and everything that is decided from them."""
