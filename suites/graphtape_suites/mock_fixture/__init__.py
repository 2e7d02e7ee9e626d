"""The fixture `graphtape_mock`: the mock in a user's test session."""
