// duplicates.h: finds equal and nearly equal photos of an output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/runs/manifest.h"
#include "core/runs/near_pairs.h"

namespace verger {

struct DuplicatesOptions {
  // Also pairs whose features lie at most so far apart, in standard deviations. None: only equal
  // bytes are looked for.
  std::optional<double> within;
  std::size_t most = 100;      // of those pairs, nearest first; all are counted
  bool across_labels = false;  // only what has more than one label
};

struct NamedPhoto {
  std::string path;
  std::string label;
};

// Photos with equal bytes, two or more, by path.
struct EqualPhotos {
  std::string sha256;
  std::vector<NamedPhoto> photos;
  bool across_labels = false;
};

// Photos whose bytes differ and whose features hardly do, by path.
struct NearPhotos {
  double distance = 0;  // of their features, in standard deviations
  std::array<NamedPhoto, 2> photos;
  bool across_labels = false;
};

struct Duplicates {
  std::int64_t photos = 0;         // whose bytes were read, rejects included
  std::vector<EqualPhotos> equal;  // by their first path
  std::vector<NearPhotos> near;    // nearest first
  std::int64_t near_pairs = 0;     // there are
  std::int64_t near_across_labels = 0;
};

// Takes the tables of an output part by part. In near pairs, the first photo by path stands for all
// photos of equal bytes and label.
//
// The standard deviation of the features is the root of their total variance, over the photos that
// the PCA was fitted to; two photos taken at random are about 1.4 of it apart.
//
// Memory: about 200 bytes a photo, for what is near 6 more for each number in its pca_features, and
//         up to 256 MB of features.
class DuplicateFinder {
 public:
  DuplicateFinder(Manifest manifest, const DuplicatesOptions& options);

  struct Row {
    std::string_view path;
    std::string_view label;
    std::string_view sha256;  // "": its bytes were never read
    bool rejected = false;
  };

  // A part of Preprocessing, in the order of the manifest.
  // Errors: kBadCall if the manifest has no more.
  Status AddPart(const std::vector<Row>& rows);

  // For what is near, after all parts: a part of Results, by its name.
  // Errors: kBadOutput if it does not have the photos of its source.
  Status AddScores(std::string_view name, const std::vector<std::string_view>& paths,
                   const std::vector<std::span<const float>>& scores);

  // Call it after all parts. `pca`: the document. `done` is called with the number of photos
  // compared since its last call. Errors: kBadCall if there may be more than a million pairs;
  // kBadOutput for what is no PCA.
  Status Search(std::string_view pca, const std::function<void(std::size_t)>& done);

  // Parts of Preprocessing whose features are to be added next; none: all pairs are measured.
  // Errors: kBadCall if one that was returned before was not added.
  Result<std::vector<std::string>> NeededParts();

  // `features`: of the rows that are not rejected. Errors: kBadOutput if there are fewer.
  Status AddFeatures(std::string_view name, const std::vector<std::span<const float>>& features);

  Duplicates Finish();

 private:
  using Digest = std::array<std::uint64_t, 4>;
  static Digest ParseDigest(std::string_view hex);
  static std::string HexOf(const Digest& digest);
  struct Photo {
    std::string path;
    std::uint32_t label = 0;  // index of its name
    std::uint32_t part = 0;   // index in the manifest
    std::uint32_t row = 0;    // among those with features; kNone: a reject
    Digest sha256{};
  };
  struct Pair {
    double distance = 0;
    std::uint32_t a = 0, b = 0;  // photos
  };

  void FindEqual();
  void AddEqual(const std::vector<std::uint32_t>& photos);
  Status MeasureRound();
  NamedPhoto Named(std::uint32_t photo) const;
  Status NotThePhotos(std::string_view name) const;

  const Manifest manifest_;
  const DuplicatesOptions options_;
  std::map<std::string, std::uint32_t, std::less<>> part_of_;  // of Preprocessing, by its name
  std::map<std::string, std::uint32_t, std::less<>> label_of_;
  std::vector<std::string> labels_;
  std::vector<Photo> photos_;  // part by part, row by row
  std::uint32_t parts_ = 0;    // that were added
  bool equal_done_ = false;
  std::vector<bool> spare_;            // of photos_: another of equal bytes and label stands for it
  std::vector<std::uint32_t> points_;  // photos that have features, without spare ones
  std::vector<float> scores_;          // their pca_features
  double largest_ = 0;                 // squared length among them
  double deviation_ = 0;
  std::vector<PointPair> pairs_;  // candidates
  std::size_t measured_ = 0, round_end_ = 0;
  std::map<std::uint32_t, std::size_t> slots_;  // where the features of a point begin
  std::vector<float> features_;
  std::vector<Pair> near_;
  Duplicates duplicates_;
};

}  // namespace verger
