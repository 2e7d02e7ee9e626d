"""What only the suites can see: isolation, timing, complete responses, the SDK."""
