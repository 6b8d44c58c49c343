"""What a technician needs to know of each wire: its bytes in words, its harmless questions, what would move something."""
