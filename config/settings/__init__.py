"""Settings by environment only: `base` for every installation, `test` for the test run."""
