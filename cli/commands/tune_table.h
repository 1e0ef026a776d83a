// tune_table.h: what `verger tune` has found, for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace verger::cli {

// How a candidate is asked for, beside what the report says of it.
struct TuneRow {
  std::string model;   // as after --model
  std::string size;    // as after --input-size; "": the network's own
  std::string decode;  // as after --decode; "": exact
  std::string preset;  // as after --preset; "": none was given, or the network takes none
  bool include_hidden = false;
};

// The options that ask for candidate `at`.
std::string OptionsOf(const nlohmann::json& report, const std::vector<TuneRow>& rows,
                      std::size_t at);

// A line a candidate, the fastest first, and the commands to use. `report`: of verger_tune, its
// candidates those of `rows`; `photos`: as the user gave it.
std::string TuneTable(const nlohmann::json& report, const std::vector<TuneRow>& rows,
                      const std::string& photos);

}  // namespace verger::cli
