"""The demo bank and the simulator of its borrowers."""
