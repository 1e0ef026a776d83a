"""Errors by their cause; each has the exit code of the `verger` program."""

from __future__ import annotations


class VergerError(Exception):
    """Any error of Verger. Its message names the thing and the remedy."""

    exit = 1


class Failed(VergerError):
    """An internal failure: memory, the engine, a bug."""


class BadCall(VergerError):
    """The call itself is wrong: an option, an argument, a missing column."""

    exit = 2


class TooManyRejects(VergerError):
    """A larger share of the photos was rejected than the caller allows."""

    exit = 3


class BadInput(VergerError):
    """Photos, features or an output that cannot be used."""

    exit = 4


class BadModel(BadInput):
    """Bytes that are not a supported network."""


class StorageError(VergerError):
    """A file that cannot be read or written."""

    exit = 5


class Damaged(StorageError):
    """A file whose bytes are not those that were written."""


class InUse(VergerError):
    """Another run is writing to the same output."""

    exit = 6


class RegionRefused(VergerError):
    """A bucket lies in a region where photos must not go."""

    exit = 7


class Stopped(VergerError):
    """The caller's own progress function stopped a long call."""
