// Moments of classes through the door.
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/transform.h"
#include "core/base/limits.h"

extern "C" {

verger_status verger_class_moments_create(int32_t dimension, verger_class_moments** moments,
                                          verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        moments != nullptr && dimension >= 1 && dimension <= kMaxDimension,
        "verger_class_moments_create: moments must not be NULL, dimension from 1 to 65536"));
    *moments = new verger_class_moments{ClassMoments(dimension)};
    return Ok();
  });
}

verger_status verger_class_moments_add(verger_class_moments* moments, const struct ArrowArray* rows,
                                       const struct ArrowSchema* schema, const char* transform,
                                       verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(moments != nullptr, "verger_class_moments_add: moments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const Transform own_transform, abi::ReadTransform(transform));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn names,
                            abi::TextColumn::Find(rows, schema, "label"));
    const int dimension = moments->moments.dimension();
    VERGER_ASSIGN_OR_RETURN(const abi::FeatureRows features,
                            abi::ReadFeatures(rows, schema, dimension, /*finite=*/true));
    std::vector<float> values;
    std::vector<std::string_view> labels;
    for (std::size_t i = 0; i < features.rows.size(); ++i) {
      labels.push_back(names[features.rows[i]]);
      values.insert(values.end(), features.values[i].begin(), features.values[i].end());
    }
    Apply(own_transform, dimension, values);
    moments->moments.Add(values, labels);
    return Ok();
  });
}

verger_status verger_class_moments_merge(verger_class_moments* moments,
                                         const verger_class_moments* other, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(moments != nullptr && other != nullptr &&
                         moments->moments.dimension() == other->moments.dimension(),
                     "verger_class_moments_merge: moments of one dimension must not be NULL"));
    moments->moments.Merge(other->moments);
    return Ok();
  });
}

verger_status verger_class_moments_subtract(verger_class_moments* moments,
                                            const verger_class_moments* other,
                                            verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(moments != nullptr && other != nullptr &&
                         moments->moments.dimension() == other->moments.dimension(),
                     "verger_class_moments_subtract: moments of one dimension must not be NULL"));
    return moments->moments.Subtract(other->moments);
  });
}

int64_t verger_class_moments_count(const verger_class_moments* moments) {
  return moments->moments.count();
}

verger_status verger_class_moments_save(const verger_class_moments* moments, verger_bytes* bytes,
                                        verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && bytes != nullptr,
                                        "verger_class_moments_save: arguments must not be NULL"));
    *bytes = abi::HandOut(moments->moments.Serialize());
    return Ok();
  });
}

verger_status verger_class_moments_load(const void* data, size_t size,
                                        verger_class_moments** moments, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(data != nullptr && moments != nullptr,
                                        "verger_class_moments_load: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(ClassMoments loaded, ClassMoments::Parse(abi::AsBytes(data, size)));
    *moments = new verger_class_moments{std::move(loaded)};
    return Ok();
  });
}

void verger_class_moments_free(verger_class_moments* moments) { delete moments; }

}  // extern "C"
