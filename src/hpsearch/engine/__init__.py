"""The search: what to train next, who trains it, and who is best."""
