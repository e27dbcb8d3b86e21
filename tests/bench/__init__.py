"""Benchmarks. A file of this folder is one subject and holds BENCHES; speed is shown here and never asserted."""
