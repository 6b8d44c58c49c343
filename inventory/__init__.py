"""The goods, usable without a kiosk: products, prices, places, stock."""
