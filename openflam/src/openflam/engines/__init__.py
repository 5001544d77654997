"""What runs the model: torch, which defines it, and OpenVINO, which is fast on processors."""
