"""The tally against published results, worked examples, an independent oracle, and everything that it must refuse."""
