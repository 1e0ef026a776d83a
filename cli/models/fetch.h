// fetch.h: brings a model into the store.
#pragma once

#include <functional>
#include <string>

#include "cli/models/catalogue.h"
#include "cli/models/download.h"
#include "cli/models/store.h"

namespace verger::cli {

// Opens bytes as a network and returns its entry, with format, preset and dimension
// set. Throws a Failure for bytes that are none. `name` is for messages.
using DescribeModel = std::function<ModelEntry(const std::string& name, const std::string& bytes,
                                               const std::string& preset)>;

enum class Fetched { kAlreadyThere, kFromKeras, kDownloaded };

struct FetchResult {
  ModelEntry entry;
  Fetched how;
};

// Brings `source` into `store`: nothing to do if an undamaged copy is there; from Keras's
// own folder if the file is there; else by DownloadTo. Only bytes that have the
// source's digest and that `describe` accepts are kept.
//
// Errors: those of DownloadTo, with what to download by other means and where to put
//         it; kBadInput for bytes with another digest, or another model of that name
//         unless `replace`; kInUse if another process fetches the same model.
FetchResult FetchModel(const ModelStore& store, const ModelSource& source, bool replace,
                       const DownloadOptions& options, const DescribeModel& describe);

}  // namespace verger::cli
