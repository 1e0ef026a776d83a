#include "core/classify/class_moments.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "core/pca/triangle.h"

namespace verger {
namespace {

// As of Moments: enough that a pass over the scatter costs little, few enough to stay in cache.
constexpr std::size_t kBlockRows = 256;

using Vector = std::vector<double>;

// What the distance of two means of one label adds to the scatter, as a row whose square it is.
void SetDistance(const Vector& from, const Vector& to, double count, double added, Vector* row) {
  const double weight = std::sqrt(count * added / (count + added));
  for (std::size_t j = 0; j < row->size(); ++j) (*row)[j] = weight * (to[j] - from[j]);
}

}  // namespace

ClassMoments::ClassMoments(int dimension) : dimension_(dimension) { assert(dimension > 0); }

ClassMoments ClassMoments::Of(int dimension, Labels labels, std::vector<double> scatter) {
  ClassMoments moments(dimension);
  moments.labels_ = std::move(labels);
  moments.scatter_ = std::move(scatter);
  return moments;
}

std::int64_t ClassMoments::count() const {
  std::int64_t sum = 0;
  for (const auto& [name, label] : labels_) sum += label.count;
  return sum;
}

void ClassMoments::Add(std::span<const float> rows, std::span<const std::string_view> labels) {
  const auto width = static_cast<std::size_t>(dimension_);
  assert(rows.size() == labels.size() * width);
  Panels panels(0, dimension_);
  while (!labels.empty()) {
    const std::size_t block = std::min(kBlockRows, labels.size());
    AddBlock(rows.first(block * width), labels.first(block), &panels);
    rows = rows.subspan(block * width);
    labels = labels.subspan(block);
  }
}

void ClassMoments::AddBlock(std::span<const float> rows, std::span<const std::string_view> labels,
                            Panels* panels) {
  const auto width = static_cast<std::size_t>(dimension_);
  std::map<std::string_view, Label> added;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Label& label = added[labels[i]];
    label.mean.resize(width);
    ++label.count;
    for (std::size_t j = 0; j < width; ++j) label.mean[j] += rows[i * width + j];
  }
  std::size_t known = 0;
  for (auto& [name, label] : added) {
    for (double& value : label.mean) value /= static_cast<double>(label.count);
    known += labels_.contains(name) ? 1 : 0;
  }
  panels->Resize(static_cast<int>(labels.size() + known));
  Vector row(width);
  int at = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    // About the block's own mean: far features lose no digits to a common offset.
    const Vector& mean = added.find(labels[i])->second.mean;
    panels->SetRow(at++, rows.data() + i * width, mean.data());
  }
  for (const auto& [name, label] : added) {
    const auto known_label = labels_.find(name);
    if (known_label == labels_.end()) continue;
    SetDistance(known_label->second.mean, label.mean,
                static_cast<double>(known_label->second.count), static_cast<double>(label.count),
                &row);
    panels->SetRow(at++, row.data());
  }
  if (scatter_.empty()) scatter_ = ZeroTriangle(width);
  AddGram(1.0, *panels, scatter_.data());
  for (auto& [name, label] : added) {
    const auto [known_label, is_new] = labels_.try_emplace(std::string(name));
    Label& all = known_label->second;
    if (is_new) {
      all = std::move(label);
      continue;
    }
    const double share =
        static_cast<double>(label.count) / static_cast<double>(all.count + label.count);
    for (std::size_t j = 0; j < width; ++j) all.mean[j] += share * (label.mean[j] - all.mean[j]);
    all.count += label.count;
  }
}

void ClassMoments::Merge(const ClassMoments& other) {
  assert(dimension_ == other.dimension_);
  if (other.labels_.empty()) return;
  if (labels_.empty()) {
    *this = other;
    return;
  }
  const auto width = static_cast<std::size_t>(dimension_);
  for (std::size_t i = 0; i < scatter_.size(); ++i) scatter_[i] += other.scatter_[i];
  std::vector<std::pair<Label*, const Label*>> both;
  for (const auto& [name, label] : other.labels_) {
    const auto [mine, is_new] = labels_.try_emplace(name, label);
    if (!is_new) both.emplace_back(&mine->second, &label);
  }
  if (both.empty()) return;
  Panels panels(static_cast<int>(both.size()), dimension_);
  Vector row(width);
  for (std::size_t i = 0; i < both.size(); ++i) {
    auto& [mine, theirs] = both[i];
    const auto count = static_cast<double>(mine->count);
    const auto added = static_cast<double>(theirs->count);
    SetDistance(mine->mean, theirs->mean, count, added, &row);
    panels.SetRow(static_cast<int>(i), row.data());
    const double share = added / (count + added);
    for (std::size_t j = 0; j < width; ++j) {
      mine->mean[j] += share * (theirs->mean[j] - mine->mean[j]);
    }
    mine->count += theirs->count;
  }
  AddGram(1.0, panels, scatter_.data());
}

Status ClassMoments::Subtract(const ClassMoments& other) {
  assert(dimension_ == other.dimension_);
  for (const auto& [name, label] : other.labels_) {
    const auto mine = labels_.find(name);
    const std::int64_t count = mine == labels_.end() ? 0 : mine->second.count;
    if (count < label.count) {
      return Error{
          Code::kBadCall,
          fmt::format(
              "label \"{}\": cannot subtract {} rows from {}: subtract only rows that were added",
              name, label.count, count)};
    }
  }
  if (other.labels_.empty()) return Ok();
  if (&other == this) {
    *this = ClassMoments(dimension_);
    return Ok();
  }
  const auto width = static_cast<std::size_t>(dimension_);
  for (std::size_t i = 0; i < scatter_.size(); ++i) scatter_[i] -= other.scatter_[i];
  Panels panels(static_cast<int>(other.labels_.size()), dimension_);
  int at = 0;
  for (const auto& [name, label] : other.labels_) {
    const auto mine = labels_.find(name);
    Label& all = mine->second;
    const auto removed = static_cast<double>(label.count);
    const auto rest = static_cast<double>(all.count) - removed;
    Vector row(width);
    if (rest == 0) {
      labels_.erase(mine);
    } else {
      Label left{all.count - label.count, Vector(width)};
      for (std::size_t j = 0; j < width; ++j) {
        left.mean[j] = all.mean[j] + removed / rest * (all.mean[j] - label.mean[j]);
      }
      SetDistance(left.mean, label.mean, rest, removed, &row);
      all = std::move(left);
    }
    panels.SetRow(at++, row.data());
  }
  AddGram(-1.0, panels, scatter_.data());
  if (labels_.empty()) scatter_.clear();
  return Ok();
}

}  // namespace verger
