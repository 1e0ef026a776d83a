#include "cli/engine/output_rules.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"

namespace verger::cli {

// As bytes: names of files need not be UTF-8.
Batch NamesAsBatch(const FileNames& names) {
  arrow::BinaryBuilder builder;
  for (const std::string& name : names) OrThrow(builder.Append(name));
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("name", arrow::binary())}), std::ssize(names),
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(builder.Finish())});
}

verger_output AsC(const OutputState& output) {
  return {sizeof(verger_output), output.place.c_str(), Borrowed(output.manifest), output.version,
          output.run.c_str()};
}

std::string LayOutManifest(std::string_view json, const std::string& name) {
  return TextOf(verger_manifest_read, Borrowed(json), name.c_str());
}

Latest LatestManifest(const FileNames& listing) {
  const ExportedBatch names(*NamesAsBatch(listing));
  LibraryBytes name;
  Latest latest;
  Call(verger_output_latest, names.array(), names.schema(), name.out(), &latest.version);
  latest.name = name.view();
  return latest;
}

Steps StepsOf(const OutputState& output, verger_stage stage, std::string_view next,
              const FileNames& listing) {
  const verger_output state = AsC(output);
  const ExportedBatch names(*NamesAsBatch(listing));
  const Batch batch = ImportBatch(verger_output_steps, &state, stage, Borrowed(next), names.array(),
                                  names.schema());
  const auto& action = ColumnOf<arrow::StringArray>(*batch, "action");
  const auto& name = ColumnOf<arrow::StringArray>(*batch, "name");
  const auto& other = ColumnOf<arrow::StringArray>(*batch, "other");
  const auto& message = ColumnOf<arrow::StringArray>(*batch, "message");
  Steps steps;
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    steps.push_back(
        {action.GetString(row), name.GetString(row), other.GetString(row), message.GetString(row)});
  }
  return steps;
}

void RequireVersion(const OutputState& output, bool results, const FileNames& listing) {
  const verger_output state = AsC(output);
  const ExportedBatch names(*NamesAsBatch(listing));
  Call(verger_output_require, &state, results ? 1 : 0, names.array(), names.schema());
}

FileNames UnlistedParts(const OutputState& output, const FileNames& listing) {
  const verger_output state = AsC(output);
  const ExportedBatch names(*NamesAsBatch(listing));
  const Batch batch = ImportBatch(verger_output_unlisted, &state, names.array(), names.schema());
  const auto& column = ColumnOf<arrow::StringArray>(*batch, "name");
  FileNames parts;
  for (std::int64_t row = 0; row < column.length(); ++row) parts.push_back(column.GetString(row));
  return parts;
}

verger_part_numbers NextParts(const OutputState& output, const FileNames& listing) {
  const verger_output state = AsC(output);
  const ExportedBatch names(*NamesAsBatch(listing));
  verger_part_numbers next{};
  Call(verger_output_next_parts, &state, names.array(), names.schema(), &next);
  return next;
}

std::string NameOfFile(verger_file file, std::int64_t number, const std::string& run) {
  return TextOf(verger_output_name, file, number, run.c_str());
}

std::string StagedName(const std::string& run, const std::string& name) {
  return TextOf(verger_output_staged_name, run.c_str(), name.c_str());
}

}  // namespace verger::cli
