// Moments to PCA, features to pca_features, through the door.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/moments_memory.h"
#include "core/pca/drift.h"

extern "C" {

verger_status verger_pca_fit(const verger_moments* moments, const verger_pca_options* options,
                             verger_pca** pca, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(moments != nullptr && pca != nullptr,
                                        "verger_pca_fit: moments and pca must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_pca_options set, abi::ReadOptions(options));
    std::optional<Result<Pca>> result;
    VERGER_RETURN_IF_ERROR(abi::WithMemory(moments->moments, [&] {
      result = Fit(moments->moments,
                   Components{set.components, set.variance_share, set.fewer_will_do != 0});
    }));
    VERGER_ASSIGN_OR_RETURN(Pca fitted, *std::move(result));
    fitted.identity = {set.model_name ? set.model_name : "",
                       set.model_sha256 ? set.model_sha256 : "",
                       set.preset_identity ? set.preset_identity : ""};
    *pca = new verger_pca{std::move(fitted)};
    return Ok();
  });
}

int32_t verger_pca_components(const verger_pca* pca) { return pca->pca.components; }

verger_status verger_pca_project(const verger_pca* pca, verger_scores scores,
                                 const struct ArrowArray* features,
                                 const struct ArrowSchema* features_schema,
                                 struct ArrowArray* scores_array, struct ArrowSchema* scores_schema,
                                 verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(pca != nullptr && scores_array != nullptr,
                     "verger_pca_project: pca and scores_array must not be NULL"));
    // As bytes: to read another value as the enum is undefined in C++, and C may well pass one.
    int kind = 0;
    static_assert(sizeof(kind) == sizeof(scores));
    std::memcpy(&kind, &scores, sizeof(kind));
    VERGER_RETURN_IF_ERROR(
        abi::Require(kind == VERGER_SCORES_CENTRED || kind == VERGER_SCORES_SPARK,
                     "verger_pca_project: scores must be one of verger_scores"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows rows,
        abi::ReadFeatures(features, features_schema, pca->pca.dimension, /*finite=*/false));
    const auto most =
        static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() / pca->pca.components);
    VERGER_RETURN_IF_ERROR(abi::Require(
        rows.rows.size() <= most, "verger_pca_project: too many rows in one batch, split it"));
    std::vector<float> storage;
    std::vector<float> projected(rows.rows.size() * static_cast<std::size_t>(pca->pca.components));
    Project(pca->pca, rows.Contiguous(storage),
            kind == VERGER_SCORES_SPARK ? Scores::kSpark : Scores::kCentred, projected);
    std::vector<bool> valid(static_cast<std::size_t>(rows.length));
    for (const std::int64_t row : rows.rows) valid[static_cast<std::size_t>(row)] = true;
    std::vector<abi::OutColumn> columns;
    columns.push_back({"pca_features", std::move(valid),
                       abi::FloatListColumn{std::move(projected), pca->pca.components}});
    abi::HandOut(std::move(columns), rows.length, scores_array, scores_schema);
    return Ok();
  });
}

verger_status verger_pca_to_json(const verger_pca* pca, verger_bytes* json, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(pca != nullptr && json != nullptr,
                                        "verger_pca_to_json: arguments must not be NULL"));
    const std::string document = ToJson(pca->pca);
    *json = abi::HandOut(document.data(), document.size());
    return Ok();
  });
}

verger_status verger_pca_from_json(const char* json, size_t size, verger_pca** pca,
                                   verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(json != nullptr && pca != nullptr,
                                        "verger_pca_from_json: arguments must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(Pca read, PcaFromJson(std::string(json, size)));
    *pca = new verger_pca{std::move(read)};
    return Ok();
  });
}

verger_status verger_pca_drift(const verger_pca* pca, const verger_moments* fresh,
                               verger_drift* drift, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(pca != nullptr && fresh != nullptr && drift != nullptr &&
                         drift->struct_size >= offsetof(verger_drift, refit),
                     "verger_pca_drift: arguments must not be NULL, struct_size must be set"));
    VERGER_ASSIGN_OR_RETURN(const Drift measured, DriftOf(pca->pca, fresh->moments));
    const verger_drift handed = {drift->struct_size,         measured.rows,
                                 measured.mean_shift,        measured.residual,
                                 measured.expected_residual, measured.refit ? 1 : 0};
    std::memcpy(drift, &handed, std::min(drift->struct_size, sizeof(handed)));
    return Ok();
  });
}

void verger_pca_free(verger_pca* pca) { delete pca; }

}  // extern "C"
