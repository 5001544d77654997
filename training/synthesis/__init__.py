"""Synthesised training material: speech, instruments, signals and noises. See ``run.py``."""
