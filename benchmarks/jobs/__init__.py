"""The work that benchmarks measure, some of it in processes of its own."""
