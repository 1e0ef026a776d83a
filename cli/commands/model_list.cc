// `model list`: the models of program and store, and those to fetch.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/model_common.h"
#include "cli/models/catalogue.h"
#include "cli/models/store.h"

namespace verger::cli {
namespace {

using Json = nlohmann::ordered_json;

// Pads each column but the last to its widest cell.
std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths(rows[0].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += row[i] + std::string(widths[i] - Columns(row[i]) + 2, ' ');
    }
    text += row.back() + "\n";
  }
  return text;
}

void List(bool json) {
  const ModelStore store = UserStore();
  std::vector<std::string> damaged;
  const std::vector<ModelEntry> entries = store.List(&damaged);
  std::vector<const ModelSource*> missing;
  for (const ModelSource& source : Catalogue()) {
    if (std::none_of(entries.begin(), entries.end(),
                     [&](const ModelEntry& entry) { return entry.name == source.name; })) {
      missing.push_back(&source);
    }
  }
  std::vector<std::string> absent;
  const std::vector<Json> embedded = DescribeAllEmbedded(absent);
  if (json) {
    Json models = Json::array();
    for (const Json& model : embedded) {
      models.push_back({{"name", model.at("name")},
                        {"format", model.at("format")},
                        {"preset", model.at("preset")},
                        {"dimension", model.at("dimension")},
                        {"sha256", model.at("sha256")},
                        {"source", "embedded"}});
    }
    for (const ModelEntry& entry : entries) models.push_back(ToJson(entry));
    Json fetchable = Json::array();
    for (const ModelSource* source : missing) {
      fetchable.push_back({{"name", source->name}, {"url", source->url}, {"bytes", source->size}});
    }
    PrintJson({{"folder", store.folder().native()},
               {"models", models},
               {"fetchable", fetchable},
               {"absent", absent},
               {"damaged", damaged}});
    return;
  }
  std::vector<std::vector<std::string>> rows = {
      {"NAME", "FEATURES", "PRESET", "FORMAT", "SIZE", "SHA256", "FROM"}};
  for (const Json& model : embedded) {
    rows.push_back({model.at("name"), std::to_string(model.at("dimension").get<int>()),
                    model.at("preset"), model.at("format"), "-",
                    model.at("sha256").get<std::string>().substr(0, 12), "embedded"});
  }
  for (const ModelEntry& entry : entries) {
    rows.push_back({entry.name, std::to_string(entry.dimension), entry.preset, entry.format,
                    HumanBytes(static_cast<double>(entry.bytes)), entry.sha256.substr(0, 12),
                    Printable(entry.source)});
  }
  Print(Table(rows));
  for (const std::string& line : absent) Print(line + "\n");
  for (const ModelSource* source : missing) {
    Print(fmt::format("To download: {} ({}): verger model fetch {}\n", source->name,
                      HumanBytes(static_cast<double>(source->size)), source->name));
  }
  for (const std::string& line : damaged) fmt::print(stderr, "verger: {}\n", line);
}

}  // namespace

void AddModelList(Command& model) {
  auto json = std::make_shared<bool>(false);
  Command command =
      model.AddCommand("list", "List the installed models, and those that can be downloaded");
  command.AddFlag("--json", json.get(), "Print JSON, for programs");
  command.SetFooter("Examples:\n  verger model list\n  verger model list --json");
  command.SetAction([json] { List(*json); });
}

}  // namespace verger::cli
