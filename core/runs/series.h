// series.h: which photos are frames of one series, by what their files are called.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace verger {

// A series is what one camera took of one thing in one go: the photos of one label whose names
// differ in the number of the frame alone.
//
// Names that differ in numbers have the frame in the last number that leaves series of three photos
// or more, on average ("tray2_17.jpg": frame 17 of the series "tray2_"; "r0_123_100.jpg": frame 123
// of "r0_#_100"). Where no number does, all of them count as the frame's.
struct PhotoSeries {
  std::vector<int> labels;  // of each photo, from 0 in the order of their first photos
  std::vector<int> series;  // of each photo, from 0; a series has one label
  std::vector<int> places;  // of each photo in its series, from 0, in the order of its frames
  int label_count = 0;
  int series_count = 0;
};

// Shape: a path and a label a photo.
PhotoSeries FindSeries(std::span<const std::string> paths, std::span<const std::string> labels);

}  // namespace verger
