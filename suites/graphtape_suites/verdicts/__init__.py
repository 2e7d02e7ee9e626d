"""From exchanges and test results to verdicts."""
