"""The pytest plugin: nothing of ours, and nothing heavy, is imported until a fixture is used."""
