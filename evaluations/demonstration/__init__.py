"""A season of a real district with invented people: what `make run` shows and what `make demo` runs.

Content: `stories` (thirty-six cases), `societies` (organizations), `people` (names and phones), `drawings` (pictures).
Driver: `founding` (district and first staff), `registers`, `bench` (judges), `cases`, `rounds`, `scoring`, `season` (the
stages), `proof` (the exported folder, counted again), `worker` and `ranking`. Everything is done through the actions that
the pages call, by the people who would do it, with the real clock: no trigger is bypassed and nothing is dated back.

One seed decides people, marks, pseudonyms and lots. Public codes and card codes are always random; no result depends
on them.
"""
