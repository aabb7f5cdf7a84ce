"""What researchers run: data, fit, evaluate, release. Writes model directories, never serves."""
