// accuracy.h: how well features tell labels apart, without training anything.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace verger {

// Which photos may not help to classify each other.
//
// Photos of one series (core/runs/series.h) are one group: frames of one video, of which each would
// be recognised by its neighbours, whatever the features. Where that makes a whole label one group,
// as of "IMG_1.jpg", "IMG_2.jpg", nothing of it would be left to learn from; names say nothing
// there, and each photo is a group of its own.
struct PhotoGroups {
  std::vector<int> labels;    // of each photo, from 0
  std::vector<int> groups;    // of each photo, from 0; a group has one label
  std::vector<bool> classed;  // its label has another group, so that it can be classified rightly
  int label_count = 0;
  int group_count = 0;
};

// Shape: a path and a label a photo.
PhotoGroups GroupPhotos(std::span<const std::string> paths, std::span<const std::string> labels);

// Whether each photo that is `classed` lies nearest to the centroid of its own label; the centroids
// are those of L2-normalised features without the photo's own group. False of others.
//
// Shape:  row-major, a row of `dimension` a photo of `groups`.
// Cost:   photos * labels * dimension multiply-adds.
// Source: scikit-learn's NearestCentroid under LeaveOneGroupOut (tests/parity/test_accuracy.py).
std::vector<bool> NearestCentroidHits(std::span<const float> features, int dimension,
                                      const PhotoGroups& groups);

}  // namespace verger
