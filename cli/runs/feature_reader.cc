#include "cli/runs/feature_reader.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>

#include "cli/tables/parts.h"

namespace verger::cli {

std::span<const float> FeatureReader::Features(Source source) {
  const std::size_t made = sources_.size();
  if (source.part == made + writer_.parts().size()) return writer_.FeaturesOfWaiting(source.row);
  const bool ours = source.part >= made;
  const std::string& name =
      ours ? writer_.parts()[source.part - made].file.name : sources_[source.part];
  if (ours) source.row = writer_.PlaceOf(source.part - made, source.row);
  const auto& features =
      static_cast<const arrow::ListArray&>(*Part(name).GetColumnByName("features"));
  const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
  return {values.raw_values() + features.value_offset(source.row),
          static_cast<std::size_t>(features.value_length(source.row))};
}

const arrow::RecordBatch& FeatureReader::Part(const std::string& name) {
  constexpr std::size_t kKept = 4;
  const auto found = std::find_if(latest_.begin(), latest_.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  if (found != latest_.end()) return *found->second;
  Batch batch = DecodeGoodRows(output_.place().Read(name), name);
  if (latest_.size() == kKept) latest_.pop_front();
  latest_.emplace_back(name, std::move(batch));
  return *latest_.back().second;
}

}  // namespace verger::cli
