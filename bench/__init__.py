"""Benchmarks: data of any size, and what is measured on it."""
