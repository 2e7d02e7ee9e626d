"""The mock as a guest in somebody's test session: what the fixture `graphtape_mock` gives."""
