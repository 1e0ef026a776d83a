#include "cli/runs/steps.h"

#include <algorithm>
#include <span>
#include <string>

#include "cli/base/ordered.h"
#include "cli/runs/output.h"
#include "cli/tables/parquet_file.h"

namespace verger::cli {
namespace {

// Parts carry the identity of their network; files of others do not.
bool HasOurMark(const Place& place, const std::string& name) {
  try {
    return ReadParquetMetadata(place.Open(name), place.PathOf(name)).contains(kModelKey);
  } catch (const Damaged&) {
    return false;
  }
}

bool IsOurPca(const Place& place, const std::string& name) {
  const auto document = place.ReadIfPresent(name);
  return !document || document->find("\"verger-pca\"") != std::string::npos;
}

void Copy(const Place& place, const std::string& from, const std::string& to) {
  const auto content = place.ReadIfPresent(from);
  if (content && place.ReadIfPresent(to) != content) place.Publish(to, *content);
}

void Do(const Place& place, const Step& step, std::string_view manifest) {
  const auto require = [&](bool holds, Exit exit) {
    if (!holds) throw Failure(exit, step.message);
  };
  if (step.action == "require-mark") return require(HasOurMark(place, step.name), Exit::kBadInput);
  if (step.action == "require-pca") return require(IsOurPca(place, step.name), Exit::kBadInput);
  if (step.action == "remove") return place.Remove(step.name);
  if (step.action == "rename") return place.Rename(step.other, step.name);
  if (step.action == "sync") return place.SyncFolder(step.name);
  if (step.action == "create") return require(place.PublishNew(step.name, manifest), Exit::kInUse);
  if (step.action == "copy") return Copy(place, step.other, step.name);
  if (step.action == "touch") return place.Publish(step.name, "");
  throw Failure(Exit::kFailed,
                "the library asks for a step that this program does not know: " + step.action);
}

}  // namespace

void CarryOut(const Place& place, const Steps& steps, std::string_view manifest,
              const std::function<void()>& check) {
  for (auto begin = steps.begin(); begin != steps.end();) {
    const auto end = std::find_if(begin, steps.end(),
                                  [&](const Step& step) { return step.action != begin->action; });
    const std::span<const Step> group(begin, end);
    check();
    const int workers = std::min(place.concurrency(), static_cast<int>(group.size()));
    if (workers == 1) {
      for (const Step& step : group) Do(place, step, manifest);
    } else {
      RunOrdered<bool>(
          group.size(), workers,
          [&](std::size_t index) { return Do(place, group[index], manifest), true; },
          [](std::size_t, bool) {});
    }
    begin = end;
  }
}

}  // namespace verger::cli
