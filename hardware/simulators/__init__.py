"""Physical models of devices: coins that jam, coils that stick, paper that ends; and the bench that puts them on ptys."""
