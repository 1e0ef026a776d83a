// Traits of photos through the door.
#include "abi/traits.h"

#include <string>
#include <utility>

#include "abi/arrow_read.h"
#include "abi/guard.h"
#include "abi/photo_limits.h"

namespace verger::abi {
namespace {

struct TraitColumn {
  const char* name;
  double Traits::* value;
};

constexpr TraitColumn kColumns[] = {{"lab_l", &Traits::lab_l},
                                    {"lab_a", &Traits::lab_a},
                                    {"lab_b", &Traits::lab_b},
                                    {"area", &Traits::area},
                                    {"roundness", &Traits::roundness}};

}  // namespace

void AddTraits(const std::vector<std::optional<Traits>>& traits, std::vector<OutColumn>& columns) {
  for (const TraitColumn& column : kColumns) {
    std::vector<bool> valid;
    Doubles numbers;
    for (const std::optional<Traits>& photo : traits) {
      valid.push_back(photo.has_value());
      numbers.values.push_back(photo ? (*photo).*column.value : 0);
    }
    columns.push_back({column.name, std::move(valid), std::move(numbers)});
  }
}

}  // namespace verger::abi

extern "C" {

verger_status verger_traits(const struct ArrowArray* photos,
                            const struct ArrowSchema* photos_schema,
                            const verger_traits_options* options, struct ArrowArray* traits,
                            struct ArrowSchema* traits_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(traits != nullptr, "verger_traits: traits must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_traits_options set, abi::ReadOptions(options));
    VERGER_ASSIGN_OR_RETURN(const PhotoLimits most,
                            abi::ReadPhotoLimits(set.max_pixels, set.max_bytes));
    VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents,
                            abi::ReadPhotos(photos, photos_schema));
    DecodeLimits limits;
    limits.max_pixels = most.max_pixels;
    limits.max_bytes = most.max_bytes;
    std::vector<std::optional<Traits>> measured;
    std::vector<bool> rejected;
    abi::Texts errors;
    for (const Bytes photo : contents) {
      const auto one = MeasurePhoto(photo, limits);
      measured.push_back(one ? *one : std::nullopt);
      rejected.push_back(!one);
      errors.Add(one ? "" : one.error().message);
    }
    std::vector<abi::OutColumn> columns;
    columns.push_back({"error", std::move(rejected), std::move(errors)});
    abi::AddTraits(measured, columns);
    abi::HandOut(std::move(columns), static_cast<std::int64_t>(contents.size()), traits,
                 traits_schema);
    return Ok();
  });
}

}  // extern "C"
