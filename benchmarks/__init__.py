"""What is measured, against what: each script builds its floor beside the product and times both in the same run."""
