"""Measuring a tagger: test material, metrics, calibration, the evidence for each label."""
