// What a run says, through the door.
#include "core/runs/summary.h"

#include <cstring>
#include <string>

#include "abi/bytes.h"
#include "abi/guard.h"

extern "C" {

verger_status verger_summary(verger_text manifest, verger_text facts, verger_summary_kind kind,
                             verger_bytes* text, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    // As bytes: to read another value as the enum is undefined in C++, and C may well pass one.
    int value = 0;
    static_assert(sizeof(value) == sizeof(kind));
    std::memcpy(&value, &kind, sizeof(value));
    VERGER_RETURN_IF_ERROR(abi::Require(
        text != nullptr && value >= VERGER_SUMMARY_JSON && value <= VERGER_SUMMARY_REDUCTION,
        "verger_summary: text must not be NULL, kind must be one of verger_summary_kind"));
    const SummaryKind summary_kind = value == VERGER_SUMMARY_JSON         ? SummaryKind::kJson
                                     : value == VERGER_SUMMARY_EXTRACTION ? SummaryKind::kExtraction
                                                                          : SummaryKind::kReduction;
    VERGER_ASSIGN_OR_RETURN(const std::string summary,
                            Summary(abi::AsText(manifest), abi::AsText(facts), summary_kind));
    *text = abi::HandOut(summary);
    return Ok();
  });
}

verger_status verger_too_many_rejects(verger_text manifest, double most, verger_bytes* text,
                                      verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr, "verger_too_many_rejects: text must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::string why, TooManyRejects(abi::AsText(manifest), most));
    *text = abi::HandOut(why);
    return Ok();
  });
}

}  // extern "C"
