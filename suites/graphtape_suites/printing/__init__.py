"""The one way of our texts to the terminal, to JUnit XML, and to the folder of kept failures."""
