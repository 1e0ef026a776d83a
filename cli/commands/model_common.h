// model_common.h: what the `model` verbs share, and the verbs themselves, a file each.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/commands/arguments.h"
#include "cli/models/catalogue.h"
#include "cli/models/resolve.h"
#include "cli/models/store.h"

namespace verger::cli {

// Each adds a verb to `model`. What it does runs once the command line is parsed; its
// errors are Failures.
void AddModelList(Command& model);
void AddModelFetch(Command& model);
void AddModelAdd(Command& model);
void AddModelInspect(Command& model);

// The user's store: DefaultStoreFolder().
ModelStore UserStore();

// Names of the models inside the program and in the user's store. Errors: as DefaultStoreFolder.
std::vector<std::string> InstalledModels();

// The JSON of verger_model_describe for an embedded model, and for the bytes of a file, whose
// `name` is for messages. An empty preset is the default of the format.
//
// Errors: Failure kBadInput for bytes that are no network, and for an embedded model that is not
//         installed; kUsage for a choice that it does not have.
nlohmann::ordered_json DescribeEmbedded(const std::string& name, const ModelChoice& choice = {});
nlohmann::ordered_json DescribeBytes(const std::string& name, const std::string& bytes,
                                     const ModelChoice& choice);

// DescribeEmbedded of each of EmbeddedModels() that is there; `absent` gets the errors of others.
std::vector<nlohmann::ordered_json> DescribeAllEmbedded(std::vector<std::string>& absent);

// The same model as an entry for the store. Errors: as DescribeBytes.
ModelEntry EntryFor(const std::string& name, const std::string& bytes, const ModelChoice& choice);

nlohmann::ordered_json ToJson(const ModelEntry& entry);

// Prints `json` to stdout, indented.
void PrintJson(const nlohmann::ordered_json& json);

// Prints to stdout that the store has `entry` now: as JSON, or in words that begin with `how`.
void PrintStored(const ModelEntry& entry, bool json, const char* how);

// Errors: Failure kUsage if `license` is given and not that of `known`.
void RequireLicenseOf(const ModelSource& known, const std::string& license);

}  // namespace verger::cli
