"""How results are told: as text, as tables, as progress."""
