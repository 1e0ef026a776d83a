"""Outputs (docs/feature-format.md), read and written as the `verger` program does."""
