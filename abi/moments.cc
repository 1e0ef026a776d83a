// Features to moments through the door.
#include <memory>
#include <span>
#include <utility>

#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/moments_memory.h"
#include "core/base/limits.h"
#include "core/pca/moments_memory.h"

extern "C" {

verger_status verger_moments_require_memory(int32_t dimension, int32_t copies, uint64_t available,
                                            verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        dimension >= 1 && dimension <= 65536 && copies >= 1,
        "verger_moments_require_memory: dimension must be from 1 to 65536, copies 1 or more"));
    return RequireMemoryForMoments(dimension, copies, available);
  });
}

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
    const std::span<const float> contiguous = rows.Contiguous(storage);
    return abi::WithMemory(moments->moments, [&] { moments->moments.Add(contiguous); });
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
    return abi::WithMemory(moments->moments, [&] { moments->moments.Merge(other->moments); });
  });
}

int64_t verger_moments_count(const verger_moments* moments) { return moments->moments.count(); }

verger_status verger_moments_save(const verger_moments* moments, verger_bytes* bytes,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && bytes != nullptr,
                                        "verger_moments_save: arguments must not be NULL"));
    return abi::WithMemory(moments->moments, [&] {
      const std::size_t size = moments->moments.SerializedSize();
      auto saved = std::make_unique_for_overwrite<std::uint8_t[]>(size);
      moments->moments.Serialize(std::as_writable_bytes(std::span(saved.get(), size)));
      *bytes = {saved.release(), size};
    });
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
