"""Development-time pytest configuration; nothing here is shipped."""

pytest_plugins = ["pytester"]
