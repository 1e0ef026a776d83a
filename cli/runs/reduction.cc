#include "cli/runs/reduction.h"

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/base/ordered.h"
#include "cli/engine/batches.h"
#include "cli/runs/plan.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

PcaHandle FitPca(const verger_moments& moments, const PcaSettings& settings,
                 const ModelIdentity& model) {
  const verger_pca_options options{sizeof(options),
                                   settings.components,
                                   settings.variance_share,
                                   model.name.c_str(),
                                   model.sha256.c_str(),
                                   model.identity.c_str(),
                                   settings.fewer_will_do ? 1 : 0};
  verger_pca* fitted = nullptr;
  Call(verger_pca_fit, &moments, &options, &fitted);
  return PcaHandle(fitted);
}

// What of the latest version can stay, when the same features are reduced the same way.
struct Reusable {
  PcaHandle pca;
  Reduction reduction;
  std::map<std::string, ResultEntry> results;  // whole ones, by their source
};

bool IsWhole(const Output& output, const FileEntry& file) {
  try {
    RequireResults(output.Read(file), file.name);
    return true;
  } catch (const Damaged&) {
    return false;  // it is projected again
  }
}

std::optional<Reusable> FindReusable(const Output& output, const Manifest& manifest,
                                     const ReductionOptions& options) {
  const std::optional<Manifest>& latest = output.manifest();
  if (!latest || !latest->reduction || !latest->model.SameFeatures(manifest.model)) {
    return std::nullopt;
  }
  const Reduction& reduction = *latest->reduction;
  const bool as_asked =
      reduction.moments == manifest.moments.sha256 && reduction.settings == options.settings;
  if (!as_asked && !options.keep_pca) return std::nullopt;
  try {
    Reusable reusable{ReadPca(output.Read(reduction.pca)), reduction, {}};
    RunOrdered<bool>(
        reduction.results.size(), kReadersOfParts,
        [&](std::size_t part) { return IsWhole(output, reduction.results[part].part.file); },
        [&](std::size_t part, bool whole) {
          ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
          const ResultEntry& result = reduction.results[part];
          if (whole) reusable.results.emplace(result.source, result);
        });
    return reusable;
  } catch (const Damaged&) {
    return std::nullopt;  // the PCA itself is: it is fitted again
  }
}

double ExplainedVariance(std::string_view document) {
  const auto json = ParseJson(document);
  const std::vector<double> ratios = json.at("explained_variance_ratio");
  return std::accumulate(ratios.begin(), ratios.end(), 0.0);
}

// Projects one part and stages what came of it under `name`.
ResultEntry ProjectPart(const Output& output, const PartEntry& part, const std::string& name,
                        const verger_pca& pca, verger_scores scores, const FileMetadata& metadata) {
  const Batch features = DecodeGoodRows(output.Read(part.file), part.file.name);
  const Batch projected = ProjectFeatures(pca, scores, features);
  const auto encoded = EncodeResults(features, projected, metadata);
  ResultEntry result{
      {output.Stage(name, std::string_view(*encoded)), features->num_rows(), 0, "", ""},
      part.file.sha256};
  arrow::default_memory_pool()->ReleaseUnused();  // or memory grows from part to part
  return result;
}

Failure NoPcaToKeep(const Output& output) {
  return Failure(Exit::kUsage, fmt::format("{}: no PCA of this network to keep: run without "
                                           "--keep-pca",
                                           output.place().PathOf("")));
}

}  // namespace

void RequirePcaToKeep(const Output& output, const ModelIdentity& model) {
  const std::optional<Manifest>& latest = output.manifest();
  if (!latest || !latest->reduction || !latest->model.SameFeatures(model)) {
    throw NoPcaToKeep(output);
  }
}

void Reduce(Output& output, const verger_moments& moments, const ReductionOptions& options,
            Manifest* manifest) {
  std::optional<Reusable> reusable = FindReusable(output, *manifest, options);
  if (options.keep_pca && !reusable) throw NoPcaToKeep(output);
  Reduction reduction;
  PcaHandle pca;
  if (reusable) {
    pca = std::move(reusable->pca);
    reduction = std::move(reusable->reduction);
    reduction.results.clear();
  } else {
    pca = FitPca(moments, options.settings, manifest->model);
    LibraryBytes document;
    Call(verger_pca_to_json, pca.get(), document.out());
    reduction.settings = options.settings;
    reduction.moments = manifest->moments.sha256;
    reduction.components = verger_pca_components(pca.get());
    reduction.explained_variance = ExplainedVariance(document.view());
    reduction.pca = output.Publish(output.VersionedName(VERGER_FILE_PCA), document.view());
  }

  // A part of rejects alone has nothing to project.
  std::vector<PartEntry> parts;
  std::copy_if(manifest->preprocessing.begin(), manifest->preprocessing.end(),
               std::back_inserter(parts), [](const PartEntry& part) { return part.rows > 0; });
  std::vector<std::string> names(parts.size());  // "" for those that are there
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (!reusable || !reusable->results.contains(parts[part].file.sha256)) {
      names[part] = output.NextPart(kResults);
    }
  }

  Progress progress({"reduce", ProgressUnit::kPhotos, static_cast<std::uint64_t>(manifest->rows()),
                     options.progress});
  const verger_scores scores = reduction.settings.scores();
  const FileMetadata metadata = PartMetadata(manifest->model);
  RunOrdered<ResultEntry>(
      parts.size(), options.threads,
      [&](std::size_t part) {
        if (names[part].empty()) return reusable->results.at(parts[part].file.sha256);
        return ProjectPart(output, parts[part], names[part], *pca, scores, metadata);
      },
      [&](std::size_t, ResultEntry result) {
        progress.Add(static_cast<std::uint64_t>(result.part.rows));
        reduction.results.push_back(std::move(result));
        ThrowIfInterrupted(
            fmt::format("interrupted: the features are safe in {}; run the same command again",
                        output.place().PathOf("")));
      });
  progress.Finish();
  manifest->reduction = std::move(reduction);
}

}  // namespace verger::cli
