"""The fixture `graphtape_mock`: a mock deployment for a user's own tests."""
