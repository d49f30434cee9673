"""Tables: reading them, telling what their columns hold, and making numbers of them."""
