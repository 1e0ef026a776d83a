// The rules of an output through the door.
#include "abi/output.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/runs/manifest.h"
#include "core/runs/names.h"
#include "core/runs/part_columns.h"
#include "core/runs/steps.h"

namespace verger::abi {

Result<OutputState> ReadOutput(const verger_output* argument) {
  VERGER_RETURN_IF_ERROR(Require(argument != nullptr, "output must not be NULL"));
  VERGER_ASSIGN_OR_RETURN(const verger_output set, ReadOptions(argument));
  OutputState output;
  if (set.place != nullptr) output.place = set.place;
  if (set.run != nullptr) output.run = set.run;
  output.version = set.version;
  if (set.manifest.size > 0) {
    VERGER_ASSIGN_OR_RETURN(output.manifest, ReadManifest(AsText(set.manifest), "manifest"));
  }
  VERGER_RETURN_IF_ERROR(Require(output.manifest.has_value() == (output.version > 0),
                                 "output: a manifest and its version go together"));
  return output;
}

namespace {

Result<Steps> StepsOf(const OutputState& output, verger_stage stage, verger_text next,
                      const Listing& listing) {
  if (stage == VERGER_STAGE_OPEN) return StepsToOpen(output, listing);
  if (stage == VERGER_STAGE_GIVE_UP) return StepsToGiveUp(output, listing);
  VERGER_RETURN_IF_ERROR(
      Require(stage == VERGER_STAGE_COMMIT, "verger_output_steps: no such stage"));
  VERGER_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(AsText(next), "manifest"));
  return StepsToCommit(output, manifest, listing);
}

void HandOutSteps(const Steps& steps, ArrowArray* array, ArrowSchema* schema) {
  Texts action;
  Texts name;
  Texts other;
  Texts message;
  for (const Step& step : steps) {
    action.Add(NameOf(step.action));
    name.Add(step.name);
    other.Add(step.other);
    message.Add(step.message);
  }
  std::vector<OutColumn> columns;
  columns.push_back({"action", {}, std::move(action)});
  columns.push_back({"name", {}, std::move(name)});
  columns.push_back({"other", {}, std::move(other)});
  columns.push_back({"message", {}, std::move(message)});
  HandOut(std::move(columns), static_cast<std::int64_t>(steps.size()), array, schema);
}

std::string NameOfFile(verger_file file, std::int64_t number, std::string_view run) {
  switch (file) {
    case VERGER_FILE_RESULTS:
      return InFolder(kResults, NumberedName(Numbered::kPart, number, run));
    case VERGER_FILE_MOMENTS:
      return InFolder(kStateFolder, NumberedName(Numbered::kMoments, number, run));
    case VERGER_FILE_PCA:
      return InFolder(kStateFolder, NumberedName(Numbered::kPca, number, run));
    case VERGER_FILE_PREPROCESSING:
      break;
  }
  return InFolder(kPreprocessing, NumberedName(Numbered::kPart, number, run));
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_manifest_read(verger_text json, const char* name, verger_bytes* manifest,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(manifest != nullptr, "verger_manifest_read: manifest must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Manifest read,
                            ReadManifest(abi::AsText(json), name != nullptr ? name : "manifest"));
    *manifest = abi::HandOut(WriteManifest(read));
    return Ok();
  });
}

verger_status verger_output_latest(const struct ArrowArray* listing,
                                   const struct ArrowSchema* listing_schema, verger_bytes* name,
                                   int64_t* version, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(name != nullptr && version != nullptr,
                                        "verger_output_latest: name and version must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    const Latest latest = LatestManifest(names);
    *name = abi::HandOut(latest.name);
    *version = latest.version;
    return Ok();
  });
}

verger_status verger_output_steps(const verger_output* output, verger_stage stage, verger_text next,
                                  const struct ArrowArray* listing,
                                  const struct ArrowSchema* listing_schema,
                                  struct ArrowArray* steps, struct ArrowSchema* steps_schema,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(steps != nullptr, "verger_output_steps: steps must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const OutputState state, abi::ReadOutput(output));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    VERGER_ASSIGN_OR_RETURN(const Steps list, abi::StepsOf(state, stage, next, names));
    abi::HandOutSteps(list, steps, steps_schema);
    return Ok();
  });
}

verger_status verger_output_require(const verger_output* output, int32_t results,
                                    const struct ArrowArray* listing,
                                    const struct ArrowSchema* listing_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_ASSIGN_OR_RETURN(const OutputState state, abi::ReadOutput(output));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    return RequireVersion(state, names, results != 0);
  });
}

verger_status verger_output_next_parts(const verger_output* output,
                                       const struct ArrowArray* listing,
                                       const struct ArrowSchema* listing_schema,
                                       verger_part_numbers* next, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(next != nullptr, "verger_output_next_parts: next must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const OutputState state, abi::ReadOutput(output));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    const NextParts numbers = NextPartNumbers(state, names);
    *next = {numbers.preprocessing, numbers.results};
    return Ok();
  });
}

verger_status verger_output_unlisted(const verger_output* output, const struct ArrowArray* listing,
                                     const struct ArrowSchema* listing_schema,
                                     struct ArrowArray* parts, struct ArrowSchema* parts_schema,
                                     verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(parts != nullptr, "verger_output_unlisted: parts must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const OutputState state, abi::ReadOutput(output));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    abi::HandOutTexts("name", Unlisted(state, names, kPreprocessing), parts, parts_schema);
    return Ok();
  });
}

verger_status verger_output_name(verger_file file, int64_t number, const char* run,
                                 verger_bytes* name, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(name != nullptr && number >= 0,
                     "verger_output_name: name must not be NULL, number not negative"));
    *name = abi::HandOut(abi::NameOfFile(file, number, run != nullptr ? run : ""));
    return Ok();
  });
}

verger_status verger_part_schema(verger_file file, struct ArrowSchema* schema,
                                 verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    const bool preprocessing = file == VERGER_FILE_PREPROCESSING;
    VERGER_RETURN_IF_ERROR(
        abi::Require(schema != nullptr && (preprocessing || file == VERGER_FILE_RESULTS),
                     "verger_part_schema: schema must not be NULL, file must be of a part"));
    if (preprocessing) {
      abi::HandOutSchema(kPreprocessingColumns, schema);
    } else {
      abi::HandOutSchema(kResultsColumns, schema);
    }
    return Ok();
  });
}

verger_status verger_output_staged_name(const char* run, const char* name, verger_bytes* staged,
                                        verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(run != nullptr && name != nullptr && staged != nullptr,
                     "verger_output_staged_name: run, name and staged must not be NULL"));
    *staged = abi::HandOut(StagedName(run, name));
    return Ok();
  });
}

}  // extern "C"
