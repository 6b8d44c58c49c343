"""The K1 protocol of the VMC96 board: up to 96 motors and a light barrier, asked about everything; both ends of its wire."""
