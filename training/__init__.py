"""How the weights of the built-in tagger are made, end to end. Start with ``training/README.md``."""
