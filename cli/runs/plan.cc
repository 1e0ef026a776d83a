#include "cli/runs/plan.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/base/digest.h"
#include "cli/base/error.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/ordered.h"

namespace verger::cli {
namespace {

constexpr const char* kPresetKey = "verger.model.preset";

struct Queued {
  std::string name;
  bool whole = false;
};

// A part as it was read. `bytes` and what follows: only where the whole file was read.
struct PartContent {
  Batch rows;
  FileMetadata metadata;
  std::int64_t bytes = 0;
  std::string sha256;
};

// Nothing if it cannot be read. Safe from many threads.
std::optional<PartContent> ReadPart(const Output& output, const Queued& queued) {
  const std::string path = output.place().PathOf(queued.name);
  try {
    PartContent content;
    if (queued.whole) {
      const auto bytes = output.place().ReadIfPresent(queued.name);
      if (!bytes) return std::nullopt;
      content.bytes = static_cast<std::int64_t>(bytes->size());
      content.sha256 = Sha256Hex(*bytes);
      content.rows = DecodePhotoColumns(AsFile(*bytes), path);
      content.metadata = ReadParquetMetadata(AsFile(*bytes), path);
    } else {
      content.rows = DecodePhotoColumns(output.place().Open(queued.name), path);
    }
    return content;
  } catch (const Damaged&) {
    return std::nullopt;
  }
}

std::vector<Queued> TakeQueue(verger_plan* plan) {
  const Batch batch = ImportBatch(verger_plan_queue, plan);
  const auto& names = ColumnOf<arrow::StringArray>(*batch, "name");
  const auto& whole = ColumnOf<arrow::Int64Array>(*batch, "whole");
  std::vector<Queued> queue;
  for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
    queue.push_back({names.GetString(row), whole.Value(row) != 0});
  }
  return queue;
}

void AddPart(verger_plan* plan, const std::optional<PartContent>& content) {
  if (!content) return Call(verger_plan_add_part, plan, nullptr, nullptr, nullptr);
  const auto text = [&](const char* key) -> const char* {
    const auto entry = content->metadata.find(key);
    return entry != content->metadata.end() ? entry->second.c_str() : nullptr;
  };
  const verger_part_content read{sizeof(read), content->bytes, content->sha256.c_str(),
                                 text(kModelKey), text(kPresetKey)};
  ExportedBatch rows(*content->rows);
  Call(verger_plan_add_part, plan, &read, rows.array(), rows.schema());
}

void AddListing(verger_plan* plan, const Batch& photos) {
  if (photos == nullptr) return Call(verger_plan_add_listing, plan, nullptr, nullptr);
  ExportedBatch exported(*photos);
  Call(verger_plan_add_listing, plan, exported.array(), exported.schema());
}

PlanHandle Create(const Output& output, const ModelIdentity& model, const PlanOptions& options,
                  bool check_all) {
  const verger_plan_options set{sizeof(set),
                                model.sha256.c_str(),
                                model.identity.c_str(),
                                model.dimension,
                                options.drop_vanished ? 1 : 0,
                                options.path_mode == PathMode::kHash ? 1 : 0,
                                check_all ? 1 : 0,
                                options.max_pixels,
                                options.max_bytes};
  const ExportedBatch files(*output.PlanFiles());
  const verger_output state = AsC(output.state());
  verger_plan* created = nullptr;
  Call(verger_plan_create, &state, files.array(), files.schema(), &set, &created);
  return PlanHandle(created);
}

void ReadResult(verger_plan* library_plan, Plan* plan) {
  const auto json = ParseJson(TextOf(verger_plan_result, library_plan));
  plan->reused_parts = PartsFromJson(json.at("kept"));
  plan->reuses_only_listed = json.at("kept_all_listed");
  plan->unlisted = json.at("unlisted");
  plan->replaced = json.at("replaced");
  plan->damaged = json.at("damaged");
  plan->parts = json.at("parts");
  plan->rejects = RejectsFromJson(json.at("rejects"));
  plan->labels = json.at("labels").get<std::set<std::string>>();
  plan->listed = json.at("listed");
  plan->vanished = json.at("vanished");
  plan->unread = json.at("unread");
  plan->outdated = json.at("outdated");
  verger_contents* contents = nullptr;
  Call(verger_plan_contents, library_plan, &contents);
  plan->contents = ContentsHandle(contents);
}

}  // namespace

FileMetadata PartMetadata(const ModelIdentity& model) {
  return {{kModelKey, model.sha256}, {kPresetKey, model.identity}};
}

Plan MakePlan(const Output& output, const ModelIdentity& model, const PlanOptions& options,
              PhotoStream& photos) {
  Plan plan;
  plan.checked_all = output.place().Exists(kCheckFile);
  const PlanHandle library_plan = Create(output, model, options, plan.checked_all);
  std::vector<Queued> queue;
  std::optional<OrderedWork<std::optional<PartContent>>> reading;
  while (true) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    verger_plan_request request = VERGER_REQUEST_NOTHING;
    Call(verger_plan_next, library_plan.get(), &request);
    switch (request) {
      case VERGER_REQUEST_QUEUE:
        reading.reset();  // its threads look at the queue
        queue = TakeQueue(library_plan.get());
        reading.emplace(queue.size(), kReadersOfParts,
                        [&](std::size_t part) { return ReadPart(output, queue[part]); });
        break;
      case VERGER_REQUEST_PART: {
        std::optional<PartContent> content;
        reading->Next(&content);
        AddPart(library_plan.get(), content);
        break;
      }
      case VERGER_REQUEST_LISTING:
        AddListing(library_plan.get(), photos.Next());
        break;
      case VERGER_REQUEST_TODO:
        plan.todo.Add(ImportBatch(verger_plan_todo, library_plan.get()));
        break;
      case VERGER_REQUEST_NOTHING:
        ReadResult(library_plan.get(), &plan);
        return plan;
    }
  }
}

}  // namespace verger::cli
