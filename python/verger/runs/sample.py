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
PHOTOS_OF_A_LABEL = 12  # enough to tell labels apart by the others'
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
    photos = islice(photos_of(listing(place, skip, Files(include_hidden))), MOST_LISTED)
    return _read(place, nsmallest(2 * most + _SPARE, photos, key=_rank), most)


def sample_labels(
    place: Place, skip: Place, include_hidden: bool, most: int
) -> tuple[list[SampledPhoto], int]:
    """The same, but first PHOTOS_OF_A_LABEL photos of each of as many labels as that makes, labels
    of least rank, and of each the photos of least rank; and how many photos were listed.
    """
    photos = list(islice(photos_of(listing(place, skip, Files(include_hidden))), MOST_LISTED))
    of_label: dict[str, list[Photo]] = {}
    for photo in photos:
        of_label.setdefault(photo.label, []).append(photo)
    ranked = [
        photo
        for label in nsmallest(most // PHOTOS_OF_A_LABEL, of_label, key=_label_rank)
        for photo in nsmallest(PHOTOS_OF_A_LABEL, of_label[label], key=_rank)
    ]
    taken = {photo.path for photo in ranked}
    others = nsmallest(2 * most + _SPARE, photos, key=_rank)
    ranked += [photo for photo in others if photo.path not in taken]
    return _read(place, ranked, most), len(photos)


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
        if size > _MOST_BYTES and sample:
            break
        sample.append(SampledPhoto(photo.path, photo.label, outcome.content))
        if len(sample) == most:
            break
    return sorted(sample, key=lambda photo: photo.path.encode())
