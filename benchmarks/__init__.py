"""Benchmarks of speed and scale against other libraries: python -m benchmarks."""
