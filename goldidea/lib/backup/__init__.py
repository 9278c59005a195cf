"""Backup and restore: one file with the rows of one instant, the uploads and a manifest; encrypted, or not.

`archive` reads and writes the file (a tar, whole or sealed), `rows` copies tables out of PostgreSQL and in again, `making` and
`restoring` put them together. The tables themselves are not in it: migrations make them, with the triggers and the privileges of
the evidence, so that a restored database refuses what the lost one refused.
"""
