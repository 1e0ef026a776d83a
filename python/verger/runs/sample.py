"""Some photos that stand for all of them: the same that the program takes (cli/photos/sample.h)."""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from verger._library import borrowed, library
from verger.runs.files import Files
from verger.runs.listing import Photo, listing, photos_of
from verger.runs.place import Place
from verger.runs.read import read_contents

# Photos that a sample is taken from: listing more would take longer than it is worth.
MOST_LISTED = 100_000
_MOST_BYTES = 256 << 20
_SPARE = 16  # photos that may turn out unreadable, besides as many as are wanted


class SampledPhoto(NamedTuple):
    """A photo and its bytes, decodable or not."""

    path: str
    label: str
    content: bytes


def sample_photos(place: Place, skip: Place, include_hidden: bool, most: int) -> list[SampledPhoto]:
    """Up to `most` of the first 100,000 photos listed, those of least rank, in the order of their
    paths. Photos that cannot be read are passed over; the sample ends early at 256 MB.

    Errors: BadInput if the place cannot be listed; StorageError if a bucket fails.
    Cost:   one listing, and memory for the photos.
    """

    def rank(photo: Photo) -> tuple[int, bytes]:
        return library().verger_sample_rank(borrowed(photo.path)), photo.path.encode()

    photos = photos_of(listing(place, skip, Files(include_hidden)))
    ranked = nsmallest(2 * most + _SPARE, islice(photos, MOST_LISTED), key=rank)
    sample: list[SampledPhoto] = []
    size = 0
    for photo, outcome in read_contents(place, ranked):
        if outcome.content is None:
            continue
        size += len(outcome.content)
        if size > _MOST_BYTES and sample:
            break
        sample.append(SampledPhoto(photo.path, photo.label, outcome.content))
        if len(sample) == most:
            break
    return sorted(sample, key=lambda photo: photo.path.encode())
