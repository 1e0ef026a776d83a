#include "cli/runs/photo_batch.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>

#include <string_view>
#include <utility>

#include "abi/verger.h"
#include "cli/photos/read.h"

namespace verger::cli {
namespace {

// Encoded photos one behind the other, as Arrow lays out a binary column.
struct Contents {
  std::string bytes;
  std::vector<std::int32_t> ends{0};
  std::vector<std::size_t> positions;  // in the batch of planned photos

  Batch AsBatch() {
    const auto count = static_cast<std::int64_t>(positions.size());
    const auto column =
        std::make_shared<arrow::BinaryArray>(count, arrow::Buffer::FromVector(std::move(ends)),
                                             arrow::Buffer::FromString(std::move(bytes)));
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("content", arrow::binary())}),
                                    count, {column});
  }
};

std::string HashOf(std::string_view bytes) {
  char hex[65];
  verger_sha256(bytes.data(), bytes.size(), hex);
  return hex;
}

// Reads one photo. Its bytes stay in `contents` only if they are to be extracted.
DonePhoto ReadOne(const PlannedPhoto& planned, std::size_t position, const Photo& photo,
                  const KnownContents& known, Contents* contents) {
  if (planned.row) {
    DonePhoto done{*planned.row, {}, planned.row->rejected(), {}};
    if (!done.known) done.source = planned.source;
    return done;
  }
  DonePhoto done{{photo.path, photo.label, photo.size, photo.modified, "", ""}, {}, false, {}};
  const std::size_t begin = contents->bytes.size();
  const ReadOutcome outcome = ReadPhoto(photo, &contents->bytes);
  done.row.error = outcome.error;
  if (outcome.transient) done.row.size = -1;
  if (done.row.rejected()) return done;
  done.row.sha256 = HashOf(std::string_view(contents->bytes).substr(begin));
  done.source = known.Find(done.row.sha256);
  if (done.source) {
    contents->bytes.resize(begin);
  } else {
    contents->ends.push_back(static_cast<std::int32_t>(contents->bytes.size()));
    contents->positions.push_back(position);
  }
  return done;
}

}  // namespace

std::vector<DonePhoto> DoPhotos(std::span<const PlannedPhoto> planned,
                                const std::vector<Photo>& photos, const KnownContents& known,
                                const verger_extractor& extractor) {
  Contents contents;
  std::vector<DonePhoto> done;
  done.reserve(planned.size());
  for (const PlannedPhoto& item : planned) {
    done.push_back(ReadOne(item, done.size(), photos[item.photo], known, &contents));
  }
  if (contents.positions.empty()) return done;
  const std::vector<std::size_t> positions = contents.positions;
  const Batch extracted = ExtractFeatures(extractor, contents.AsBatch());
  const auto& features =
      static_cast<const arrow::ListArray&>(*extracted->GetColumnByName("features"));
  const auto& values = static_cast<const arrow::FloatArray&>(*features.values());
  const auto& errors = static_cast<const arrow::StringArray&>(*extracted->GetColumnByName("error"));
  for (std::size_t index = 0; index < positions.size(); ++index) {
    const auto row = static_cast<std::int64_t>(index);
    DonePhoto& photo = done[positions[index]];
    if (!errors.IsNull(row)) {
      photo.row.error = errors.GetString(row);
    } else {
      const float* begin = values.raw_values() + features.value_offset(row);
      photo.features.assign(begin, begin + features.value_length(row));
    }
  }
  return done;
}

}  // namespace verger::cli
