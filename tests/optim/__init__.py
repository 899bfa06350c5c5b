"""Tests of `optim`."""
