// tune_table.h: the table that `verger tune` prints.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace verger::cli {

// The options of a candidate.
struct TuneRow {
  std::string model;   // as after --model
  std::string size;    // as after --input-size; "": the network's own
  std::string decode;  // as after --decode; "": exact
  std::string preset;  // as after --preset; "": none, or the network has its own
  bool include_hidden = false;
};

// The command-line options that select candidate `at`.
std::string OptionsOf(const nlohmann::json& report, const std::vector<TuneRow>& rows,
                      std::size_t at);

// Returns a line for each candidate, the fastest first, and the commands to run. `report` is the
// JSON of verger_tune, with a candidate for each of `rows`; `photos` is the user's argument.
std::string TuneTable(const nlohmann::json& report, const std::vector<TuneRow>& rows,
                      const std::string& photos);

}  // namespace verger::cli
