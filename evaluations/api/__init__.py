"""The API of the evaluation: open data, a judge's seat, a community's cases, the office's list of cases."""
