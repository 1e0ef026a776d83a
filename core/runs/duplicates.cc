#include "core/runs/duplicates.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/json.h"

namespace verger {
namespace {

constexpr std::size_t kMostPairs = 1'000'000;
constexpr std::size_t kMostBytes = 256'000'000;  // of features in memory
constexpr std::size_t kNoSlot = ~std::size_t{0};
constexpr std::uint32_t kNone = ~std::uint32_t{0};

double Distance(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t k = 0; k < dimension; ++k) {
    const double gap = static_cast<double>(a[k]) - b[k];
    sum += gap * gap;
  }
  return std::sqrt(sum);
}

// The root of the features' total variance; nothing of what is no PCA.
std::optional<double> DeviationOf(std::string_view pca) {
  try {
    const auto json = ParseJson(pca);
    const double variance = json.at("explained_variance").at(0);
    const double share = json.at("explained_variance_ratio").at(0);
    return std::sqrt(variance / share);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

DuplicateFinder::Digest DuplicateFinder::ParseDigest(std::string_view hex) {
  Digest digest{};
  for (std::size_t i = 0; i < digest.size() && 16 * (i + 1) <= hex.size(); ++i) {
    std::from_chars(hex.data() + 16 * i, hex.data() + 16 * (i + 1), digest[i], 16);
  }
  return digest;
}

std::string DuplicateFinder::HexOf(const Digest& digest) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", digest[0], digest[1], digest[2], digest[3]);
}

DuplicateFinder::DuplicateFinder(Manifest manifest, const DuplicatesOptions& options)
    : manifest_(std::move(manifest)), options_(options) {
  for (std::uint32_t part = 0; part < manifest_.preprocessing.size(); ++part) {
    part_of_[manifest_.preprocessing[part].file.name] = part;
  }
}

Status DuplicateFinder::AddPart(const std::vector<Row>& rows) {
  if (parts_ == manifest_.preprocessing.size()) {
    return Error{Code::kBadCall, "duplicates: the manifest has no more parts of Preprocessing"};
  }
  std::uint32_t good = 0;
  for (const Row& row : rows) {
    const std::uint32_t at = row.rejected ? kNone : good++;
    if (row.sha256.empty()) continue;
    const auto [label, is_new] =
        label_of_.try_emplace(std::string(row.label), static_cast<std::uint32_t>(labels_.size()));
    if (is_new) labels_.emplace_back(row.label);
    photos_.push_back({std::string(row.path), label->second, parts_, at, ParseDigest(row.sha256)});
  }
  ++parts_;
  return Ok();
}

// Also marks the photos for which another stands.
void DuplicateFinder::FindEqual() {
  if (std::exchange(equal_done_, true)) return;
  duplicates_.photos = std::ssize(photos_);
  std::vector<std::uint32_t> order(photos_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(photos_[a].sha256, photos_[a].path) <
           std::tie(photos_[b].sha256, photos_[b].path);
  });
  spare_.assign(photos_.size(), false);
  for (auto begin = order.begin(); begin != order.end();) {
    const Digest& sha256 = photos_[*begin].sha256;
    const auto end = std::find_if(
        begin, order.end(), [&](std::uint32_t photo) { return photos_[photo].sha256 != sha256; });
    if (end - begin > 1) AddEqual({begin, end});
    begin = end;
  }
  std::sort(duplicates_.equal.begin(), duplicates_.equal.end(), [](const auto& a, const auto& b) {
    return a.photos.front().path < b.photos.front().path;
  });
}

void DuplicateFinder::AddEqual(const std::vector<std::uint32_t>& photos) {
  EqualPhotos equal{HexOf(photos_[photos.front()].sha256), {}, false};
  std::set<std::uint32_t> labels;  // of those with features
  for (const std::uint32_t photo : photos) {
    const Photo& it = photos_[photo];
    if (it.row != kNone) spare_[photo] = !labels.insert(it.label).second;
    equal.across_labels |= it.label != photos_[photos.front()].label;
    equal.photos.push_back(Named(photo));
  }
  if (equal.across_labels || !options_.across_labels) duplicates_.equal.push_back(std::move(equal));
}

Status DuplicateFinder::NotThePhotos(std::string_view name) const {
  return Error{Code::kBadOutput,
               fmt::format("{}: not the photos of Preprocessing: run again", name)};
}

Status DuplicateFinder::AddScores(std::string_view name, const std::vector<std::string_view>& paths,
                                  const std::vector<std::span<const float>>& scores) {
  FindEqual();
  if (!manifest_.reduction || paths.size() != scores.size()) return NotThePhotos(name);
  const auto& results = manifest_.reduction->results;
  const auto result = std::find_if(results.begin(), results.end(),
                                   [&](const auto& each) { return each.part.file.name == name; });
  if (result == results.end()) return NotThePhotos(name);
  const auto& parts = manifest_.preprocessing;
  const auto source = std::find_if(parts.begin(), parts.end(), [&](const PartEntry& part) {
    return part.file.sha256 == result->source;
  });
  if (source == parts.end()) return NotThePhotos(name);
  const auto part = static_cast<std::uint32_t>(source - parts.begin());
  const auto in_part = [](const Photo& photo, std::uint32_t part_number) {
    return photo.part < part_number;
  };
  for (auto photo = std::lower_bound(photos_.begin(), photos_.end(), part, in_part);
       photo != photos_.end() && photo->part == part; ++photo) {
    const auto index = static_cast<std::size_t>(photo - photos_.begin());
    if (photo->row == kNone || spare_[index]) continue;
    if (photo->row >= paths.size() || paths[photo->row] != photo->path) return NotThePhotos(name);
    const std::span<const float> own = scores[photo->row];
    if (std::ssize(own) != manifest_.reduction->components) return NotThePhotos(name);
    points_.push_back(static_cast<std::uint32_t>(index));
    scores_.insert(scores_.end(), own.begin(), own.end());
    largest_ = std::max(largest_, std::inner_product(own.begin(), own.end(), own.begin(), 0.0));
  }
  return Ok();
}

Status DuplicateFinder::Search(std::string_view pca, const std::function<void(std::size_t)>& done) {
  FindEqual();
  const std::optional<double> deviation = DeviationOf(pca);
  if (!deviation || !manifest_.reduction || !options_.within) {
    return Error{Code::kBadOutput, "the PCA's document: damaged: run again"};
  }
  deviation_ = *deviation;
  // Scores on orthonormal axes are never farther apart than features, but for the axes' last bits
  // and those that floats drop.
  NearPairsOptions search;
  search.radius = *options_.within * deviation_ * (1 + 1e-4) + 4e-7 * std::sqrt(largest_);
  search.most = kMostPairs;
  search.accepts = [this](PointPair pair) {
    const Photo& a = photos_[points_[pair.a]];
    const Photo& b = photos_[points_[pair.b]];
    return a.sha256 != b.sha256 && (!options_.across_labels || a.label != b.label);
  };
  search.done = done;
  NearPairs candidates =
      FindNearPairs(scores_, static_cast<std::size_t>(manifest_.reduction->components), search);
  if (candidates.too_many) {
    return Error{
        Code::kBadCall,
        fmt::format("--within {}: more than 1,000,000 pairs may lie as near: give a smaller "
                    "distance",
                    *options_.within)};
  }
  pairs_ = std::move(candidates.pairs);
  scores_ = {};
  return Ok();
}

// As many pairs at a time as keep the features of their photos in bounds; a pair needs two.
Result<std::vector<std::string>> DuplicateFinder::NeededParts() {
  VERGER_RETURN_IF_ERROR(MeasureRound());
  const auto dimension = static_cast<std::size_t>(manifest_.model.dimension);
  const std::size_t most = std::max<std::size_t>(2, kMostBytes / sizeof(float) / dimension);
  for (; round_end_ < pairs_.size() && slots_.size() + 2 <= most; ++round_end_) {
    slots_.try_emplace(pairs_[round_end_].a, kNoSlot);
    slots_.try_emplace(pairs_[round_end_].b, kNoSlot);
  }
  std::set<std::uint32_t> parts;
  for (const auto& [point, slot] : slots_) parts.insert(photos_[points_[point]].part);
  std::vector<std::string> names;
  for (const std::uint32_t part : parts) {
    names.push_back(manifest_.preprocessing[part].file.name);
  }
  return names;
}

Status DuplicateFinder::AddFeatures(std::string_view name,
                                    const std::vector<std::span<const float>>& features) {
  const auto part = part_of_.find(name);
  for (auto& [point, slot] : slots_) {
    const Photo& photo = photos_[points_[point]];
    if (part == part_of_.end() || photo.part != part->second) continue;
    if (photo.row >= features.size() ||
        std::ssize(features[photo.row]) != manifest_.model.dimension) {
      return Error{Code::kBadOutput,
                   fmt::format("{}: not the features of {} numbers that the manifest states", name,
                               manifest_.model.dimension)};
    }
    slot = features_.size();
    features_.insert(features_.end(), features[photo.row].begin(), features[photo.row].end());
  }
  return Ok();
}

// Keeps the pairs whose features are near as well.
Status DuplicateFinder::MeasureRound() {
  const auto dimension = static_cast<std::size_t>(manifest_.model.dimension);
  for (const auto& [point, slot] : slots_) {
    if (slot != kNoSlot) continue;
    return Error{Code::kBadCall, "duplicates: the features of a requested part are missing"};
  }
  for (; measured_ < round_end_; ++measured_) {
    const PointPair& pair = pairs_[measured_];
    const double distance =
        Distance(&features_[slots_.at(pair.a)], &features_[slots_.at(pair.b)], dimension) /
        deviation_;
    if (distance > *options_.within) continue;
    std::uint32_t a = points_[pair.a];
    std::uint32_t b = points_[pair.b];
    if (photos_[b].path < photos_[a].path) std::swap(a, b);
    near_.push_back({distance, a, b});
    duplicates_.near_across_labels += photos_[a].label != photos_[b].label ? 1 : 0;
  }
  slots_.clear();
  features_.clear();
  return Ok();
}

Duplicates DuplicateFinder::Finish() {
  FindEqual();
  duplicates_.near_pairs = std::ssize(near_);
  std::sort(near_.begin(), near_.end(), [this](const Pair& one, const Pair& other) {
    return std::tie(one.distance, photos_[one.a].path, photos_[one.b].path) <
           std::tie(other.distance, photos_[other.a].path, photos_[other.b].path);
  });
  near_.resize(std::min(near_.size(), options_.most));
  for (const Pair& pair : near_) {
    duplicates_.near.push_back({pair.distance,
                                {Named(pair.a), Named(pair.b)},
                                photos_[pair.a].label != photos_[pair.b].label});
  }
  return std::move(duplicates_);
}

NamedPhoto DuplicateFinder::Named(std::uint32_t photo) const {
  return {photos_[photo].path, labels_[photos_[photo].label]};
}

}  // namespace verger
