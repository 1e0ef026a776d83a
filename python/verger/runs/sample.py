"""A sample of the photos of a place: the same as the program's (cli/photos/sample.h)."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from verger._library import borrowed, library
from verger._limits import limits
from verger.runs.files import Files
from verger.runs.listing import listing, photos_of
from verger.runs.photo import Photo
from verger.runs.place import Place
from verger.runs.read import read_contents


class SampledPhoto(NamedTuple):
    """A photo and its bytes, decodable or not."""

    path: str
    label: str
    content: bytes


def sample_photos(place: Place, skip: Place, include_hidden: bool, most: int) -> list[SampledPhoto]:
    """Return up to `most` of the first 100,000 photos listed, those of least rank, in the order of
    their paths. Photos that cannot be read are passed over; the sample ends early at 256 MB.

    Errors: BadInput if the place cannot be listed; StorageError if a bucket fails.
    Cost:   one listing, and memory for the photos.
    """
    photos = _candidates(place, skip, include_hidden)
    return _read(place, nsmallest(2 * most + limits().sample_spares, photos, key=_rank), most)


def sample_labels(
    place: Place, skip: Place, include_hidden: bool, most: int
) -> tuple[list[SampledPhoto], int]:
    """Return such a sample, but first `limits().sample_photos_of_label` photos of each of as many
    labels as that makes, labels of least rank, and of each the photos of least rank; and how many
    photos were listed.
    """
    photos = list(_candidates(place, skip, include_hidden))
    of_each = limits().sample_photos_of_label
    of_label: dict[str, list[Photo]] = {}
    for photo in photos:
        of_label.setdefault(photo.label, []).append(photo)
    ranked = [
        photo
        for label in nsmallest(most // of_each, of_label, key=_label_rank)
        for photo in nsmallest(of_each, of_label[label], key=_rank)
    ]
    chosen_paths = {photo.path for photo in ranked}
    others = nsmallest(2 * most + limits().sample_spares, photos, key=_rank)
    ranked += [photo for photo in others if photo.path not in chosen_paths]
    return _read(place, ranked, most), len(photos)


def _candidates(place: Place, skip: Place, include_hidden: bool) -> Iterator[Photo]:
    """Return the first photos of the listing, from which a sample is drawn."""
    photos = photos_of(listing(place, skip, Files(include_hidden)))
    return islice(photos, limits().max_sample_listing)


def _rank(photo: Photo) -> tuple[int, bytes]:
    return library().verger_sample_rank(borrowed(photo.path)), photo.path.encode()


def _label_rank(label: str) -> tuple[int, bytes]:
    return library().verger_sample_rank(borrowed(label)), label.encode()


def _read(place: Place, ranked: list[Photo], most: int) -> list[SampledPhoto]:
    sample: list[SampledPhoto] = []
    size = 0
    for photo, outcome in read_contents(place, ranked):
        if outcome.content is None:
            continue
        size += len(outcome.content)
        if size > limits().max_sample_bytes and sample:
            break
        sample.append(SampledPhoto(photo.path, photo.label, outcome.content))
        if len(sample) == most:
            break
    return sorted(sample, key=lambda photo: photo.path.encode())
