"""Figures of trained presets that no metric in their graphs gives: each a function of a run."""
