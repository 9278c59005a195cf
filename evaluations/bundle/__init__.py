"""The published bundle: what anybody needs to recompute a result, and the program that does it."""
