"""The pytest plugin, and the contract suites to run against the mock or a live deployment."""
