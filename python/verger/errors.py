"""What can go wrong, by whose fault it is; each knows the exit code of the `verger` program."""

from __future__ import annotations


class VergerError(Exception):
    """Any error of Verger. Its message names the thing and the remedy."""

    exit = 1


class Failed(VergerError):
    """Something inside went wrong: memory, the engine, a bug."""


class BadCall(VergerError):
    """The call itself is wrong: an option, an argument, a column that is not there."""

    exit = 2


class TooManyRejects(VergerError):
    """A larger share of the photos was rejected than the caller allows."""

    exit = 3


class BadInput(VergerError):
    """Photos, features or an output that cannot be used."""

    exit = 4


class BadModel(BadInput):
    """Bytes that are no network we can run."""


class StorageError(VergerError):
    """A file that cannot be read or written."""

    exit = 5


class Damaged(StorageError):
    """A file that is not what was written."""


class InUse(VergerError):
    """Another run is writing to the same output."""

    exit = 6


class RegionRefused(VergerError):
    """A bucket lies in a region where photos must not go."""

    exit = 7


class Stopped(VergerError):
    """The caller's own progress function stopped a long call."""
