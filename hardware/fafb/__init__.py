"""The FA FB ("upper computer") board that turns the coils of many spiral machines; both ends of its wire."""
