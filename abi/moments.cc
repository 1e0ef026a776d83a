// Features to moments through the door.
#include <utility>

#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "core/base/limits.h"

extern "C" {

verger_status verger_moments_create(int32_t dimension, verger_moments** moments,
                                    verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        moments != nullptr && dimension >= 1 && dimension <= kMaxDimension,
        "verger_moments_create: moments must not be NULL, dimension must be from 1 to 65536"));
    *moments = new verger_moments{Moments(dimension)};
    return Ok();
  });
}

verger_status verger_moments_add(verger_moments* moments, const struct ArrowArray* features,
                                 const struct ArrowSchema* schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(moments != nullptr, "verger_moments_add: moments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows rows,
        abi::ReadFeatures(features, schema, moments->moments.dimension(), /*finite=*/true));
    std::vector<float> storage;
    moments->moments.Add(rows.Contiguous(storage));
    return Ok();
  });
}

verger_status verger_moments_merge(verger_moments* moments, const verger_moments* other,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && other != nullptr,
                                        "verger_moments_merge: moments must not be NULL"));
    VERGER_RETURN_IF_ERROR(abi::Require(moments->moments.dimension() == other->moments.dimension(),
                                        "verger_moments_merge: moments of different dimensions"));
    moments->moments.Merge(other->moments);
    return Ok();
  });
}

int64_t verger_moments_count(const verger_moments* moments) { return moments->moments.count(); }

verger_status verger_moments_save(const verger_moments* moments, verger_bytes* bytes,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && bytes != nullptr,
                                        "verger_moments_save: arguments must not be NULL"));
    const std::vector<std::byte> saved = moments->moments.Serialize();
    *bytes = abi::HandOut(saved.data(), saved.size());
    return Ok();
  });
}

verger_status verger_moments_load(const void* data, size_t size, verger_moments** moments,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(data != nullptr && moments != nullptr,
                                        "verger_moments_load: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Moments loaded, Moments::Parse(abi::AsBytes(data, size)));
    *moments = new verger_moments{std::move(loaded)};
    return Ok();
  });
}

void verger_moments_free(verger_moments* moments) { delete moments; }

}  // extern "C"
