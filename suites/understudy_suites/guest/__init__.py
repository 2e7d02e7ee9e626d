"""The mock as a guest in somebody's test session: what the fixture `understudy_mock` gives."""
