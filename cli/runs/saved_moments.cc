#include "cli/runs/saved_moments.h"

#include <set>
#include <string_view>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/memory.h"
#include "cli/engine/batches.h"
#include "cli/tables/parts.h"

namespace verger::cli {

MomentsHandle NewMoments(int dimension) {
  verger_moments* created = nullptr;
  Call(verger_moments_create, dimension, &created);
  return MomentsHandle(created);
}

void RequireMemoryForMoments(int dimension, int more) {
  Call(verger_moments_require_memory, dimension, 2 + more, AvailableMemory());
}

FileEntry SaveMoments(const Output& output, const verger_moments& moments) {
  LibraryBytes bytes;
  Call(verger_moments_save, &moments, bytes.out());
  return output.Publish(output.VersionedName(VERGER_FILE_MOMENTS), bytes.view());
}

MomentsHandle LoadMoments(const Output& output, const Manifest& manifest) {
  const std::string bytes = output.Read(manifest.moments);
  verger_moments* loaded = nullptr;
  Call(verger_moments_load, bytes.data(), bytes.size(), &loaded);
  return MomentsHandle(loaded);
}

void AddParts(const Output& output, const std::vector<FileEntry>& parts, verger_moments& moments) {
  for (const FileEntry& part : parts) {
    AddToMoments(moments, DecodeGoodRows(output.Read(part), part.name));
  }
}

ReusedMoments MomentsOfReusedParts(const Output& output, const Plan& plan, int dimension) {
  if (plan.reuses_only_listed && output.manifest()) {
    try {
      return {LoadMoments(output, *output.manifest()), true};
    } catch (const Failure&) {
      // Damaged: they are only a sum of what the parts hold.
    }
  }
  ReusedMoments reused{NewMoments(dimension)};
  const std::set<std::string_view> unlisted(plan.unlisted.begin(), plan.unlisted.end());
  std::vector<FileEntry> parts;
  for (const PartEntry& part : plan.reused_parts) {
    if (!unlisted.contains(part.file.name)) parts.push_back(part.file);
  }
  AddParts(output, parts, *reused.moments);
  return reused;
}

}  // namespace verger::cli
