#include "cli/runs/duplicates.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "cli/base/text.h"
#include "cli/runs/feature_distances.h"
#include "cli/runs/near_pairs.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

constexpr std::size_t kMostPairs = 1'000'000;
constexpr std::uint32_t kNone = ~std::uint32_t{0};

using Sha256 = std::array<std::uint64_t, 4>;

Sha256 ParseSha256(const std::string& hex) {
  Sha256 sha256{};
  for (std::size_t i = 0; i < sha256.size() && 16 * (i + 1) <= hex.size(); ++i) {
    std::from_chars(hex.data() + 16 * i, hex.data() + 16 * (i + 1), sha256[i], 16);
  }
  return sha256;
}

std::string HexOf(const Sha256& sha256) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", sha256[0], sha256[1], sha256[2], sha256[3]);
}

struct Photo {
  std::string path;
  std::uint32_t label = 0;  // index of its name
  Source source;            // of its features; row kNone: a reject
  Sha256 sha256{};
};

struct Pair {
  double distance = 0;
  std::uint32_t a = 0, b = 0;  // photos
};

class Finder {
 public:
  Finder(const Output& output, const DuplicatesOptions& options)
      : output_(output),
        options_(options),
        within_(options.within.value_or(0)),
        parts_(output.Extracted().preprocessing) {}

  Duplicates Run() {
    if (options_.within) output_.Reduced();  // before anything is read
    ReadPhotos();
    FindEqual();
    if (options_.within) FindNear();
    return std::move(found_);
  }

 private:
  void ReadPhotos() {
    std::uint64_t bytes = 0;
    for (const PartEntry& part : parts_) bytes += part.file.bytes;
    Progress progress({"read", ProgressUnit::kBytes, bytes, options_.progress});
    std::map<std::string, std::uint32_t> labels;
    for (std::uint32_t part = 0; part < parts_.size(); ++part) {
      const FileEntry& file = parts_[part].file;
      std::uint32_t good = 0;
      for (PhotoRow& row : DecodePhotoRows(output_.Read(file), file.name)) {
        const Source source{part, row.rejected() ? kNone : good++};
        if (row.sha256.empty()) continue;  // its bytes were never read
        const auto [label, is_new] =
            labels.try_emplace(row.label, static_cast<std::uint32_t>(labels_.size()));
        if (is_new) labels_.push_back(row.label);
        photos_.push_back({std::move(row.path), label->second, source, ParseSha256(row.sha256)});
      }
      progress.Add(file.bytes);
    }
    found_.photos = static_cast<std::int64_t>(photos_.size());
    progress.Finish();
  }

  // Also marks the photos for which another stands.
  void FindEqual() {
    std::vector<std::uint32_t> order(photos_.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto by_content = [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(photos_[a].sha256, photos_[a].path) <
             std::tie(photos_[b].sha256, photos_[b].path);
    };
    std::sort(order.begin(), order.end(), by_content);
    spare_.assign(photos_.size(), false);
    for (auto begin = order.begin(); begin != order.end();) {
      const Sha256& sha256 = photos_[*begin].sha256;
      const auto end = std::find_if(
          begin, order.end(), [&](std::uint32_t photo) { return photos_[photo].sha256 != sha256; });
      if (end - begin > 1) AddEqual({begin, end});
      begin = end;
    }
    std::sort(found_.equal.begin(), found_.equal.end(), [](const auto& a, const auto& b) {
      return a.photos.front().path < b.photos.front().path;
    });
  }

  void AddEqual(const std::vector<std::uint32_t>& photos) {
    EqualPhotos equal{HexOf(photos_[photos.front()].sha256), {}, false};
    std::set<std::uint32_t> labels;  // of those with features
    for (const std::uint32_t photo : photos) {
      const Photo& it = photos_[photo];
      if (it.source.row != kNone) spare_[photo] = !labels.insert(it.label).second;
      equal.across_labels |= it.label != photos_[photos.front()].label;
      equal.photos.push_back(Named(photo));
    }
    if (equal.across_labels || !options_.across_labels) found_.equal.push_back(std::move(equal));
  }

  void FindNear() {
    ReadScores();
    const double deviation = Deviation();
    // Scores on orthonormal axes are never farther apart than features, but for the axes' last
    // bits and those that floats drop.
    NearPairsOptions search;
    search.radius = within_ * deviation * (1 + 1e-4) + 4e-7 * std::sqrt(largest_);
    search.most = kMostPairs;
    search.wanted = [this](PointPair pair) {
      const Photo& a = photos_[points_[pair.a]];
      const Photo& b = photos_[points_[pair.b]];
      return a.sha256 != b.sha256 && (!options_.across_labels || a.label != b.label);
    };
    Progress progress({"compare", ProgressUnit::kPhotos, points_.size(), options_.progress});
    search.done = [&](std::size_t photos) { progress.Add(photos); };
    const NearPairs candidates = FindNearPairs(scores_, components_, search);
    if (candidates.too_many) {
      throw Failure(Exit::kUsage, fmt::format("--within {}: more than {} pairs may lie as near: "
                                              "give a smaller distance",
                                              within_, WithCommas(kMostPairs)));
    }
    progress.Finish();
    scores_ = {};
    Measure(candidates.pairs, deviation);
  }

  // The pca_features of all photos but spare ones.
  void ReadScores() {
    const Reduction& reduction = output_.Reduced();
    components_ = static_cast<std::size_t>(reduction.components);
    std::map<std::string, std::uint32_t> part_of;  // by its SHA-256
    for (std::uint32_t part = 0; part < parts_.size(); ++part) {
      part_of[parts_[part].file.sha256] = part;
    }
    std::uint64_t bytes = 0;
    for (const ResultEntry& result : reduction.results) bytes += result.part.file.bytes;
    Progress progress({"read", ProgressUnit::kBytes, bytes, options_.progress});
    for (const ResultEntry& result : reduction.results) {
      const auto part = part_of.find(result.source);
      if (part == part_of.end()) throw NotThePhotos(result);
      AddScores(result, part->second);
      progress.Add(result.part.file.bytes);
    }
    progress.Finish();
  }

  void AddScores(const ResultEntry& result, std::uint32_t part) {
    const FileEntry& file = result.part.file;
    const Batch batch = DecodeResults(output_.Read(file), file.name, {"path", "pca_features"});
    const auto& paths = static_cast<const arrow::StringArray&>(*batch->GetColumnByName("path"));
    const auto& lists =
        static_cast<const arrow::ListArray&>(*batch->GetColumnByName("pca_features"));
    const auto& values = static_cast<const arrow::FloatArray&>(*lists.values());
    const auto in_part = [](const Photo& photo, std::uint32_t wanted) {
      return photo.source.part < wanted;
    };
    for (auto photo = std::lower_bound(photos_.begin(), photos_.end(), part, in_part);
         photo != photos_.end() && photo->source.part == part; ++photo) {
      const std::int64_t row = photo->source.row;
      if (photo->source.row == kNone || spare_[Index(photo)]) continue;
      if (row >= batch->num_rows() || paths.GetView(row) != photo->path ||
          static_cast<std::size_t>(lists.value_length(row)) != components_) {
        throw NotThePhotos(result);
      }
      const float* scores = values.raw_values() + lists.value_offset(row);
      points_.push_back(static_cast<std::uint32_t>(Index(photo)));
      scores_.insert(scores_.end(), scores, scores + components_);
      largest_ = std::max(largest_, std::inner_product(scores, scores + components_, scores, 0.0));
    }
  }

  static Damaged NotThePhotos(const ResultEntry& result) {
    return Damaged(
        fmt::format("{}: not the photos of Preprocessing: run again", result.part.file.name));
  }

  // The root of the features' total variance.
  double Deviation() const {
    const auto pca = nlohmann::json::parse(output_.Read(output_.Reduced().pca));
    const double variance = pca.at("explained_variance").at(0);
    const double share = pca.at("explained_variance_ratio").at(0);
    return std::sqrt(variance / share);
  }

  // Keeps the pairs whose features are near as well.
  void Measure(const std::vector<PointPair>& pairs, double deviation) {
    std::vector<Source> sources;
    sources.reserve(points_.size());
    for (const std::uint32_t photo : points_) sources.push_back(photos_[photo].source);
    const std::vector<double> distances =
        FeatureDistances(output_, sources, pairs, options_.progress);
    std::vector<Pair> near;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const double distance = distances[i] / deviation;
      if (distance > within_) continue;
      std::uint32_t a = points_[pairs[i].a];
      std::uint32_t b = points_[pairs[i].b];
      if (photos_[b].path < photos_[a].path) std::swap(a, b);
      near.push_back({distance, a, b});
      found_.near_across_labels += photos_[a].label != photos_[b].label ? 1 : 0;
    }
    found_.near_pairs = static_cast<std::int64_t>(near.size());
    std::sort(near.begin(), near.end(), [this](const Pair& one, const Pair& other) {
      return std::tie(one.distance, photos_[one.a].path, photos_[one.b].path) <
             std::tie(other.distance, photos_[other.a].path, photos_[other.b].path);
    });
    near.resize(std::min(near.size(), options_.most));
    for (const Pair& pair : near) {
      found_.near.push_back({pair.distance,
                             {Named(pair.a), Named(pair.b)},
                             photos_[pair.a].label != photos_[pair.b].label});
    }
  }

  NamedPhoto Named(std::uint32_t photo) const {
    return {photos_[photo].path, labels_[photos_[photo].label]};
  }
  std::size_t Index(std::vector<Photo>::const_iterator photo) const {
    return static_cast<std::size_t>(photo - photos_.begin());
  }

  const Output& output_;
  const DuplicatesOptions& options_;
  const double within_;
  const std::vector<PartEntry>& parts_;
  std::vector<std::string> labels_;
  std::vector<Photo> photos_;          // part by part, row by row
  std::vector<bool> spare_;            // of photos_: another of equal bytes and label stands for it
  std::vector<std::uint32_t> points_;  // photos that have features, without spare ones
  std::vector<float> scores_;          // their pca_features
  std::size_t components_ = 0;         // of each
  double largest_ = 0;                 // squared length among them
  Duplicates found_;
};

}  // namespace

Duplicates FindDuplicates(const Output& output, const DuplicatesOptions& options) {
  return Finder(output, options).Run();
}

}  // namespace verger::cli
