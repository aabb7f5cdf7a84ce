"""How fast, and in how much memory: ``python -m benchmarks`` measures and prints one table."""
