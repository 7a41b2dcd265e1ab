"""Speed and scale beside peers, for anyone to run: python -m benchmarks."""
