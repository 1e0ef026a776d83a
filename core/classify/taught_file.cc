#include "core/classify/taught_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>

#include "core/base/flat_bytes.h"
#include "core/base/utf8.h"
#include "core/classify/teach.h"

namespace verger {
namespace {

constexpr std::string_view kMagic = "verger taught labels 1\n";

Error Bad(std::string_view reason) {
  return {Code::kBadFeatures,
          fmt::format("no file of taught labels: {}; export it again from the app", reason)};
}

std::span<const float> RowOf(const std::vector<float>& features, std::size_t row, int dimension) {
  const auto width = static_cast<std::size_t>(dimension);
  return std::span(features).subspan(row * width, width);
}

bool Knows(const Classifier& classifier, std::string_view label, std::span<const float> row) {
  for (std::size_t i = 0; i < classifier.taught_labels.size(); ++i) {
    const auto own = RowOf(classifier.taught, i, classifier.dimension);
    if (classifier.taught_labels[i] == label && std::ranges::equal(own, row)) return true;
  }
  return false;
}

}  // namespace

std::string SaveTaughtRows(const Classifier& classifier) {
  FlatWriter writer;
  writer.PutText(classifier.source.sha256);
  writer.PutText(classifier.source.identity);
  writer.PutText(classifier.source.name);
  writer.Put(static_cast<std::uint32_t>(classifier.dimension));
  writer.Put(static_cast<std::uint32_t>(classifier.taught_labels.size()));
  for (const std::string& label : classifier.taught_labels) writer.PutText(label);
  writer.PutAll(std::span<const float>(classifier.taught));
  return CheckedFile(kMagic, std::move(writer).Finish());
}

Result<TaughtRows> LoadTaughtRows(Bytes file, const Classifier& classifier) {
  const CheckedContent checked = ReadChecked(kMagic, file);
  if (!checked.magic) return Bad("it is of another format or version");
  if (!checked.whole) return Bad("it is damaged");
  FlatReader reader(checked.content);
  const std::string sha256 = reader.TakeText();
  const std::string identity = reader.TakeText();
  const std::string name = reader.TakeText();
  const auto dimension = reader.Take<std::uint32_t>();
  const FeatureSource& source = classifier.source;
  if (!reader.ok()) return Bad("it is damaged");
  if (sha256 != source.sha256 || identity != source.identity ||
      dimension != static_cast<std::uint32_t>(classifier.dimension)) {
    return Error{Code::kBadFeatures,
                 fmt::format("these labels were taught to another network, {} ({}), and this app "
                             "has {} ({}): teach them here again by their photos",
                             name, identity, source.name, source.identity)};
  }
  TaughtRows rows;
  const auto count = reader.Take<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    rows.labels.push_back(reader.TakeText());
    if (rows.labels.back().empty() || !IsUtf8(rows.labels.back())) return Bad("a label is no text");
  }
  rows.features = reader.TakeAll<float>(std::uint64_t{count} * dimension);
  if (!reader.done()) return Bad("it has another size");
  return rows;
}

Result<Classifier> TeachRows(const Classifier& classifier, const TaughtRows& rows) {
  std::map<std::string, std::vector<float>> lessons;
  for (std::size_t i = 0; i < rows.labels.size(); ++i) {
    const auto row = RowOf(rows.features, i, classifier.dimension);
    if (Knows(classifier, rows.labels[i], row)) continue;
    std::vector<float>& features = lessons[rows.labels[i]];
    features.insert(features.end(), row.begin(), row.end());
  }
  Classifier taught = classifier;
  for (const auto& [label, features] : lessons) {
    VERGER_ASSIGN_OR_RETURN(taught, Teach(taught, label, features));
  }
  return taught;
}

}  // namespace verger
