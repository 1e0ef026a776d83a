// model_common.h: what the `model` verbs share, and the verbs themselves, a file each.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/models/catalogue.h"
#include "cli/models/resolve.h"
#include "cli/models/store.h"

namespace verger::cli {

// Each adds a verb to `model`. What it does runs once the command line is parsed; its
// errors are Failures.
void AddModelList(CLI::App& model);
void AddModelFetch(CLI::App& model);
void AddModelAdd(CLI::App& model);
void AddModelInspect(CLI::App& model);

// The store of whoever runs the program.
ModelStore UserStore();

// What the core tells of a model. An empty preset is the default of the format;
// `name` of bytes is for messages. Errors: Failure kBadInput for bytes that are no network, kUsage
// for a choice that an embedded model does not leave.
nlohmann::ordered_json DescribeEmbedded(const std::string& name, const ModelChoice& choice = {});
nlohmann::ordered_json DescribeBytes(const std::string& name, const std::string& bytes,
                                     const ModelChoice& choice);

// The same as an entry that the store can take. Errors: as DescribeBytes.
ModelEntry EntryFor(const std::string& name, const std::string& bytes, const ModelChoice& choice);

nlohmann::ordered_json ToJson(const ModelEntry& entry);

// To stdout. File names may be any bytes, JSON may not: invalid UTF-8 is replaced.
void PrintJson(const nlohmann::ordered_json& json);

// Tells a person that `entry` is in the store now; `how` it came there goes first.
void SayKept(const ModelEntry& entry, const std::string& how);

// Errors: Failure kUsage if `license` is given and not that of `known`.
void RequireLicenseOf(const ModelSource& known, const std::string& license);

}  // namespace verger::cli
