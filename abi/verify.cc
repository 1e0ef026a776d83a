// Verification through the door.
#include <memory>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "core/runs/names.h"

namespace verger::abi {
namespace {

constexpr const char* kProblem = "problem";

Result<std::vector<VerifiedRow>> ReadRows(const TextColumn& paths, const ArrowArray* rows,
                                          const ArrowSchema* schema, bool photos) {
  std::vector<VerifiedRow> read;
  read.reserve(static_cast<std::size_t>(paths.length()));
  for (std::int64_t row = 0; row < paths.length(); ++row) read.push_back({paths[row], {}});
  if (!photos) return read;
  VERGER_ASSIGN_OR_RETURN(const TextColumn errors, TextColumn::Find(rows, schema, "error"));
  for (std::int64_t row = 0; row < errors.length(); ++row) {
    read[static_cast<std::size_t>(row)].error = errors[row];
  }
  return read;
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_verification_create(verger_text manifest, verger_verification** verification,
                                         verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        verification != nullptr, "verger_verification_create: verification must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Manifest read, ReadManifest(abi::AsText(manifest), "manifest"));
    *verification =
        std::make_unique<verger_verification>(verger_verification{Verifier(std::move(read))})
            .release();
    return Ok();
  });
}

verger_status verger_verification_add_part(verger_verification* verification, verger_text name,
                                           const struct ArrowArray* rows,
                                           const struct ArrowSchema* rows_schema,
                                           struct ArrowArray* problems,
                                           struct ArrowSchema* problems_schema,
                                           verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(verification != nullptr && problems != nullptr,
                                        "verger_verification_add_part: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn paths,
                            abi::TextColumn::Find(rows, rows_schema, "path"));
    const bool photos = FolderOf(abi::AsText(name)) == kPreprocessing;
    VERGER_ASSIGN_OR_RETURN(const std::vector<VerifiedRow> read,
                            abi::ReadRows(paths, rows, rows_schema, photos));
    VERGER_ASSIGN_OR_RETURN(const Problems list,
                            verification->verifier.AddPart(abi::AsText(name), read));
    abi::HandOutTexts(abi::kProblem, list, problems, problems_schema);
    return Ok();
  });
}

verger_status verger_verification_add_pca(verger_verification* verification, verger_text document,
                                          verger_text page_document, struct ArrowArray* problems,
                                          struct ArrowSchema* problems_schema,
                                          verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(verification != nullptr && problems != nullptr,
                                        "verger_verification_add_pca: no argument may be NULL"));
    const Problems list =
        verification->verifier.AddPca(abi::AsText(document), abi::AsText(page_document));
    abi::HandOutTexts(abi::kProblem, list, problems, problems_schema);
    return Ok();
  });
}

verger_status verger_verification_finish(const verger_verification* verification,
                                         const struct ArrowArray* listing,
                                         const struct ArrowSchema* listing_schema,
                                         struct ArrowArray* problems,
                                         struct ArrowSchema* problems_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(verification != nullptr && problems != nullptr,
                                        "verger_verification_finish: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Listing names, abi::ReadTexts(listing, listing_schema, "name"));
    abi::HandOutTexts(abi::kProblem, verification->verifier.Finish(names), problems,
                      problems_schema);
    return Ok();
  });
}

void verger_verification_free(verger_verification* verification) { delete verification; }

}  // extern "C"
