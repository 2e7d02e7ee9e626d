"""The model of a graph and its server that the strategies draw from."""
