"""A thin Flask shell: parse, call one function, render."""
