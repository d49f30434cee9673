"""The pages of the docs, done as they say: each block in order, in a fresh folder for each page.

What a page shows of a command is compared with what the command prints. `python -m tests.pages NAME` shows what
differs, `python -m tests.pages --write NAME` writes into the page what is printed now.
"""
