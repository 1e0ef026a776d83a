// Plans through the door.
#include "core/runs/plan.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/output.h"
#include "abi/photo_limits.h"
#include "core/base/json.h"
#include "core/runs/contents.h"
#include "core/runs/manifest_json.h"

struct verger_plan {
  verger::Plan plan;
};

struct verger_contents {
  verger::Contents contents;
};

namespace verger::abi {
namespace {

struct OwnArray {
  ArrowArray array{};

  OwnArray() = default;
  OwnArray(const OwnArray&) = delete;
  OwnArray& operator=(const OwnArray&) = delete;
  ~OwnArray() {
    if (array.release != nullptr) array.release(&array);
  }
};

// Takes a batch over from the caller, whose own copy counts as released from then on.
std::shared_ptr<OwnArray> TakeOver(ArrowArray* array) {
  auto owner = std::make_shared<OwnArray>();  // first: it may throw
  std::swap(owner->array, *array);
  return owner;
}

// Of a call that failed, the caller has its batch as it was.
Status OrGiveBack(Status status, OwnArray* owner, ArrowArray* array) {
  if (!status) std::swap(owner->array, *array);
  return status;
}

Result<TextView> FindTexts(const ArrowArray* batch, const ArrowSchema* schema, const char* name) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn column, TextColumn::Find(batch, schema, name));
  return column.view();
}

Result<IntegerView> FindIntegers(const ArrowArray* batch, const ArrowSchema* schema,
                                 const char* name) {
  VERGER_ASSIGN_OR_RETURN(const NumberColumn column, NumberColumn::Find(batch, schema, name));
  return column.view();
}

Result<PartColumns> ReadRows(const ArrowArray* rows, const ArrowSchema* schema) {
  PartColumns columns;
  VERGER_ASSIGN_OR_RETURN(columns.path, FindTexts(rows, schema, "path"));
  VERGER_ASSIGN_OR_RETURN(columns.label, FindTexts(rows, schema, "label"));
  VERGER_ASSIGN_OR_RETURN(columns.size, FindIntegers(rows, schema, "size"));
  VERGER_ASSIGN_OR_RETURN(columns.modified, FindIntegers(rows, schema, "modified"));
  VERGER_ASSIGN_OR_RETURN(columns.sha256, FindTexts(rows, schema, "sha256"));
  VERGER_ASSIGN_OR_RETURN(columns.error, FindTexts(rows, schema, "error"));
  columns.length = rows->length;
  return columns;
}

Result<ListedPhotos> ReadListing(const ArrowArray* photos, const ArrowSchema* schema) {
  ListedPhotos listed;
  VERGER_ASSIGN_OR_RETURN(listed.path, FindTexts(photos, schema, "path"));
  VERGER_ASSIGN_OR_RETURN(listed.label, FindTexts(photos, schema, "label"));
  VERGER_ASSIGN_OR_RETURN(listed.size, FindIntegers(photos, schema, "size"));
  VERGER_ASSIGN_OR_RETURN(listed.modified, FindIntegers(photos, schema, "modified"));
  VERGER_ASSIGN_OR_RETURN(listed.problem, FindTexts(photos, schema, "problem"));
  VERGER_ASSIGN_OR_RETURN(listed.file, FindTexts(photos, schema, "file"));
  listed.length = photos->length;
  return listed;
}

Result<std::vector<OutputFile>> ReadFiles(const ArrowArray* files, const ArrowSchema* schema) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn names, TextColumn::Find(files, schema, "name"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn bytes, NumberColumn::Find(files, schema, "bytes"));
  VERGER_ASSIGN_OR_RETURN(const NumberColumn modified,
                          NumberColumn::Find(files, schema, "modified"));
  std::vector<OutputFile> all;
  all.reserve(static_cast<std::size_t>(names.length()));
  for (std::int64_t row = 0; row < names.length(); ++row) {
    all.push_back({std::string(names[row]), bytes[row], modified[row]});
  }
  return all;
}

void HandOutQueue(const std::vector<QueuedPart>& queue, ArrowArray* array, ArrowSchema* schema) {
  Integers part;
  Texts name;
  Integers whole;
  for (const QueuedPart& queued : queue) {
    part.values.push_back(queued.part);
    name.Add(queued.name);
    whole.values.push_back(queued.whole ? 1 : 0);
  }
  std::vector<OutColumn> columns;
  columns.push_back({"part", {}, std::move(part)});
  columns.push_back({"name", {}, std::move(name)});
  columns.push_back({"whole", {}, std::move(whole)});
  HandOut(std::move(columns), static_cast<std::int64_t>(queue.size()), array, schema);
}

// Texts that are null where they are "".
class RareTexts {
 public:
  explicit RareTexts(bool binary = false) : texts_(binary) {}

  void Add(std::string_view text) {
    texts_.Add(text);
    valid_.push_back(!text.empty());
  }
  OutColumn Column(const char* name) && { return {name, std::move(valid_), std::move(texts_)}; }

 private:
  Texts texts_;
  std::vector<bool> valid_;
};

class RareIntegers {
 public:
  void Add(std::optional<std::int64_t> value) {
    integers_.values.push_back(value.value_or(0));
    valid_.push_back(value.has_value());
  }
  OutColumn Column(const char* name) && { return {name, std::move(valid_), std::move(integers_)}; }

 private:
  Integers integers_;
  std::vector<bool> valid_;
};

void HandOutTodo(const std::vector<Todo>& todo, ArrowArray* array, ArrowSchema* schema) {
  Texts path;
  Texts label;
  RareIntegers size;
  RareIntegers modified;
  RareTexts problem;
  RareTexts file(/*binary=*/true);
  RareTexts sha256;
  RareTexts error;
  RareIntegers part;
  RareIntegers row;
  const auto number = [](std::int64_t value) {
    return value < 0 ? std::nullopt : std::optional<std::int64_t>(value);
  };
  for (const Todo& item : todo) {
    path.Add(item.path);
    label.Add(item.label);
    size.Add(item.size);
    modified.Add(item.modified);
    problem.Add(item.problem);
    file.Add(item.file);
    sha256.Add(item.sha256);
    error.Add(item.error);
    part.Add(number(item.part));
    row.Add(number(item.row));
  }
  std::vector<OutColumn> columns;
  columns.push_back({"path", {}, std::move(path)});
  columns.push_back({"label", {}, std::move(label)});
  columns.push_back(std::move(size).Column("size"));
  columns.push_back(std::move(modified).Column("modified"));
  columns.push_back(std::move(problem).Column("problem"));
  columns.push_back(std::move(file).Column("file"));
  columns.push_back(std::move(sha256).Column("sha256"));
  columns.push_back(std::move(error).Column("error"));
  columns.push_back(std::move(part).Column("part"));
  columns.push_back(std::move(row).Column("row"));
  HandOut(std::move(columns), static_cast<std::int64_t>(todo.size()), array, schema);
}

verger_plan_request AsC(Plan::Request request) {
  switch (request) {
    case Plan::Request::kQueue:
      return VERGER_REQUEST_QUEUE;
    case Plan::Request::kPart:
      return VERGER_REQUEST_PART;
    case Plan::Request::kListing:
      return VERGER_REQUEST_LISTING;
    case Plan::Request::kTodo:
      return VERGER_REQUEST_TODO;
    case Plan::Request::kDone:
      break;
  }
  return VERGER_REQUEST_NOTHING;
}

std::string ToJson(const PlanResult& result) {
  nlohmann::ordered_json json = {{"kept", JsonOf(result.kept_parts)},
                                 {"kept_all_listed", result.kept_all_listed},
                                 {"unlisted", result.unlisted},
                                 {"replaced", result.replaced},
                                 {"damaged", result.damaged},
                                 {"parts", result.parts},
                                 {"rejects", JsonOf(result.rejects)},
                                 {"labels", result.labels},
                                 {"listed", result.listed},
                                 {"vanished", result.vanished},
                                 {"unread", result.unread},
                                 {"outdated", result.outdated},
                                 {"todo", result.todo},
                                 {"taken", result.reused}};
  return FormatJson(json);
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_plan_create(const verger_output* output, const struct ArrowArray* files,
                                 const struct ArrowSchema* files_schema,
                                 const verger_plan_options* options, verger_plan** plan,
                                 verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(plan != nullptr && options != nullptr,
                                        "verger_plan_create: options and plan must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const OutputState state, abi::ReadOutput(output));
    VERGER_ASSIGN_OR_RETURN(const std::vector<OutputFile> all, abi::ReadFiles(files, files_schema));
    VERGER_ASSIGN_OR_RETURN(const verger_plan_options set, abi::ReadOptions(options));
    PlanOptions plan_options;
    plan_options.model.sha256 = abi::AsText(set.model_sha256);
    plan_options.model.identity = abi::AsText(set.model_identity);
    plan_options.model.dimension = set.dimension;
    plan_options.drop_vanished = set.drop_vanished != 0;
    plan_options.hashed = set.hashed != 0;
    plan_options.check_all = set.check_all != 0;
    VERGER_ASSIGN_OR_RETURN(plan_options.limits,
                            abi::ReadPhotoLimits(set.max_pixels, set.max_bytes));
    *plan = new verger_plan{Plan(state, all, std::move(plan_options))};
    return Ok();
  });
}

verger_status verger_plan_next(verger_plan* plan, verger_plan_request* request,
                               verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(plan != nullptr && request != nullptr,
                                        "verger_plan_next: plan and request must not be NULL"));
    *request = abi::AsC(plan->plan.Next());
    return Ok();
  });
}

verger_status verger_plan_queue(verger_plan* plan, struct ArrowArray* queue,
                                struct ArrowSchema* queue_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(plan != nullptr && queue != nullptr,
                                        "verger_plan_queue: plan and queue must not be NULL"));
    abi::HandOutQueue(plan->plan.TakeQueue(), queue, queue_schema);
    return Ok();
  });
}

verger_status verger_plan_add_part(verger_plan* plan, const verger_part_content* content,
                                   struct ArrowArray* rows, const struct ArrowSchema* rows_schema,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(plan != nullptr, "verger_plan_add_part: plan must not be NULL"));
    if (rows == nullptr) return plan->plan.AddPart(std::nullopt);
    VERGER_ASSIGN_OR_RETURN(const verger_part_content set, abi::ReadOptions(content));
    PartContent part;
    VERGER_ASSIGN_OR_RETURN(part.rows, abi::ReadRows(rows, rows_schema));
    part.bytes = set.bytes;
    part.sha256 = abi::AsText(set.sha256);
    part.model_sha256 = abi::AsText(set.model_sha256);
    part.model_identity = abi::AsText(set.model_identity);
    const auto owner = abi::TakeOver(rows);
    part.rows.owner = owner;
    return abi::OrGiveBack(plan->plan.AddPart(std::move(part)), owner.get(), rows);
  });
}

verger_status verger_plan_add_listing(verger_plan* plan, struct ArrowArray* photos,
                                      const struct ArrowSchema* photos_schema,
                                      verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(plan != nullptr, "verger_plan_add_listing: plan must not be NULL"));
    if (photos == nullptr) return plan->plan.EndListing();
    VERGER_ASSIGN_OR_RETURN(ListedPhotos listed, abi::ReadListing(photos, photos_schema));
    const auto owner = abi::TakeOver(photos);
    listed.owner = owner;
    return abi::OrGiveBack(plan->plan.AddListing(std::move(listed)), owner.get(), photos);
  });
}

verger_status verger_plan_todo(verger_plan* plan, struct ArrowArray* todo,
                               struct ArrowSchema* todo_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(plan != nullptr && todo != nullptr,
                                        "verger_plan_todo: plan and todo must not be NULL"));
    abi::HandOutTodo(plan->plan.TakeTodo(), todo, todo_schema);
    return Ok();
  });
}

verger_status verger_plan_result(verger_plan* plan, verger_bytes* result, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        plan != nullptr && result != nullptr && plan->plan.Next() == Plan::Request::kDone,
        "verger_plan_result: the plan has more requests: call verger_plan_next"));
    *result = abi::HandOut(abi::ToJson(plan->plan.Finish()));
    return Ok();
  });
}

verger_status verger_plan_contents(verger_plan* plan, verger_contents** contents,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(plan != nullptr && contents != nullptr,
                     "verger_plan_contents: plan and contents must not be NULL"));
    *contents = new verger_contents{plan->plan.TakeContents()};
    return Ok();
  });
}

void verger_plan_free(verger_plan* plan) { delete plan; }

int32_t verger_contents_find(const verger_contents* contents, const char* sha256, int64_t* part,
                             int64_t* row) {
  if (contents == nullptr || sha256 == nullptr || part == nullptr || row == nullptr) return 0;
  const auto source = contents->contents.Find(sha256);
  if (!source) return 0;
  *part = source->part;
  *row = source->row;
  return 1;
}

verger_status verger_contents_save(const verger_contents* contents, verger_bytes* bytes,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(contents != nullptr && bytes != nullptr,
                     "verger_contents_save: contents and bytes must not be NULL"));
    *bytes = abi::HandOut(contents->contents.Save());
    return Ok();
  });
}

verger_status verger_contents_load(const void* data, size_t size, verger_contents** contents,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(data != nullptr && contents != nullptr,
                     "verger_contents_load: data and contents must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Contents loaded, Contents::Load(abi::AsBytes(data, size)));
    *contents = new verger_contents{std::move(loaded)};
    return Ok();
  });
}

void verger_contents_free(verger_contents* contents) { delete contents; }

}  // extern "C"
