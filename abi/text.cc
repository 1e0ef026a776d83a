// Text for people, through the door.
#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/runs/numbers.h"
#include "core/runs/printable.h"

extern "C" {

verger_status verger_printable(verger_text raw, verger_bytes* text, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr, "verger_printable: text must not be NULL"));
    *text = abi::HandOut(Printable(abi::AsText(raw)));
    return Ok();
  });
}

verger_status verger_display_width(verger_text text, int32_t* columns, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(columns != nullptr, "verger_display_width: columns must not be NULL"));
    *columns = DisplayWidth(abi::AsText(text));
    return Ok();
  });
}

verger_status verger_with_commas(uint64_t number, verger_bytes* text, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr, "verger_with_commas: text must not be NULL"));
    *text = abi::HandOut(WithCommas(number));
    return Ok();
  });
}

verger_status verger_pluralize(int64_t count, verger_text one, verger_text many, verger_bytes* text,
                               verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(count >= 0 && text != nullptr,
                     "verger_pluralize: count must not be below 0, text must not be NULL"));
    *text = abi::HandOut(Pluralize(count, abi::AsText(one), abi::AsText(many)));
    return Ok();
  });
}

verger_status verger_human_bytes(double bytes, verger_bytes* text, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr, "verger_human_bytes: text must not be NULL"));
    *text = abi::HandOut(HumanBytes(bytes));
    return Ok();
  });
}

}  // extern "C"
