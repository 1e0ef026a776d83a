// Forgetting through the door.
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "core/base/json.h"

namespace verger::abi {
namespace {

// `errors`: whether the rows say which were rejected.
Result<std::vector<ForgetRow>> ReadRows(const ArrowArray* rows, const ArrowSchema* schema,
                                        bool errors) {
  VERGER_ASSIGN_OR_RETURN(const TextColumn paths, TextColumn::Find(rows, schema, "path"));
  VERGER_ASSIGN_OR_RETURN(const TextColumn labels, TextColumn::Find(rows, schema, "label"));
  std::vector<ForgetRow> read;
  read.reserve(static_cast<std::size_t>(paths.length()));
  for (std::int64_t row = 0; row < paths.length(); ++row) {
    read.push_back({paths[row], labels[row], {}});
  }
  if (!errors) return read;
  VERGER_ASSIGN_OR_RETURN(const TextColumn reasons, TextColumn::Find(rows, schema, "error"));
  for (std::size_t row = 0; row < read.size(); ++row) {
    read[row].error = reasons[static_cast<std::int64_t>(row)];
  }
  return read;
}

std::string ToJson(const Forgetting::Left& left) {
  nlohmann::ordered_json rejects = nlohmann::ordered_json::array();
  for (const Reject& reject : left.rejects_left) {
    rejects.push_back({{"path", reject.path}, {"reason", reject.reason}});
  }
  return FormatJson(nlohmann::ordered_json{{"photos", left.photos},
                                           {"rows", left.rows},
                                           {"rejects", left.rejects},
                                           {"labels", left.labels},
                                           {"rejects_left", std::move(rejects)}});
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_forgetting_create(verger_text manifest, const struct ArrowArray* names,
                                       const struct ArrowSchema* names_schema,
                                       verger_forgetting** forgetting, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(forgetting != nullptr,
                                        "verger_forgetting_create: forgetting must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Manifest read, ReadManifest(abi::AsText(manifest), "manifest"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> list,
                            abi::ReadTexts(names, names_schema, "name"));
    VERGER_ASSIGN_OR_RETURN(Forgetting result, Forgetting::Of(read, list));
    *forgetting =
        std::make_unique<verger_forgetting>(verger_forgetting{std::move(result)}).release();
    return Ok();
  });
}

verger_status verger_forgetting_add_part(verger_forgetting* forgetting, verger_text name,
                                         const struct ArrowArray* rows,
                                         const struct ArrowSchema* rows_schema, int32_t* stays,
                                         struct ArrowArray* rows_that_stay,
                                         struct ArrowSchema* rows_that_stay_schema,
                                         verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(forgetting != nullptr && stays != nullptr && rows_that_stay != nullptr,
                     "verger_forgetting_add_part: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<ForgetRow> read,
                            abi::ReadRows(rows, rows_schema, /*errors=*/true));
    Forgetting::PartVerdict verdict = forgetting->forgetting.AddPart(abi::AsText(name), read);
    *stays = verdict.stays ? 1 : 0;
    const auto length = std::ssize(verdict.rows_that_stay);
    std::vector<abi::OutColumn> columns;
    columns.push_back({"row", {}, abi::Integers{std::move(verdict.rows_that_stay)}});
    abi::HandOut(std::move(columns), length, rows_that_stay, rows_that_stay_schema);
    return Ok();
  });
}

verger_status verger_forgetting_finish(const verger_forgetting* forgetting, verger_text place,
                                       verger_bytes* left, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(forgetting != nullptr && left != nullptr,
                                        "verger_forgetting_finish: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Forgetting::Left is_left,
                            forgetting->forgetting.Finish(abi::AsText(place)));
    *left = abi::HandOut(abi::ToJson(is_left));
    return Ok();
  });
}

verger_status verger_forgetting_prove(verger_forgetting* forgetting, verger_text place,
                                      verger_text name, verger_text bytes,
                                      const struct ArrowArray* rows,
                                      const struct ArrowSchema* rows_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(forgetting != nullptr,
                                        "verger_forgetting_prove: forgetting must not be NULL"));
    std::vector<ForgetRow> read;
    if (rows != nullptr) {
      VERGER_ASSIGN_OR_RETURN(read, abi::ReadRows(rows, rows_schema, /*errors=*/false));
    }
    return forgetting->forgetting.Prove(abi::AsText(place), abi::AsText(name), abi::AsText(bytes),
                                        read);
  });
}

void verger_forgetting_free(verger_forgetting* forgetting) { delete forgetting; }

}  // extern "C"
