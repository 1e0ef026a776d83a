// output_rules.h: the rules of an output, from verger.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "abi/verger.h"
#include "cli/engine/batches.h"

namespace verger::cli {

// Names of files below an output.
using FileNames = std::vector<std::string>;

// An output as a run, or a reader, has opened it: struct verger_output.
struct OutputState {
  std::string place;
  std::string manifest;  // as LayOutManifest returns it; "": there is none
  std::int64_t version = 0;
  std::string run;
};

// As a listing at the door.
Batch NamesAsBatch(const FileNames& names);

// As verger.h takes it. Valid while `output` is.
verger_output AsC(const OutputState& output);

struct Latest {
  std::string name;  // "": there is no version
  std::int64_t version = 0;
};

// One of the steps that verger.h lists.
struct Step {
  std::string action;
  std::string name;
  std::string other;
  std::string message;
};
using Steps = std::vector<Step>;

// The manifest in the newest layout. Errors: Failure kStorage, naming `name`, if it is damaged.
std::string LayOutManifest(std::string_view json, const std::string& name);

Latest LatestManifest(const FileNames& listing);

// `next` is for VERGER_STAGE_COMMIT. Errors: Failure kBadInput for a file that verger did not
// write; kStorage for a file of `next` that is not in the listing.
Steps StepsOf(const OutputState& output, verger_stage stage, std::string_view next,
              const FileNames& listing);

// Errors: Failure kBadInput, naming the command to run first, if there are no features, or no
// Results where those are asked for.
void RequireVersion(const OutputState& output, bool results, const FileNames& listing);

// Parts of Preprocessing that the manifest does not name.
FileNames UnlistedParts(const OutputState& output, const FileNames& listing);

verger_part_numbers NextParts(const OutputState& output, const FileNames& listing);

std::string NameOfFile(verger_file file, std::int64_t number, const std::string& run);

std::string StagedName(const std::string& run, const std::string& name);

}  // namespace verger::cli
