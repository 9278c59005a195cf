"""Evaluations: seasons, rule sets, submissions, rounds, panels, seats, score sheets, tallies and results.

This file imports nothing, so that `python -m evaluations.tally` recomputes a result without Django.
"""
