#include "cli/serve/reloader.h"

#include <fmt/core.h>

#include <exception>
#include <new>
#include <utility>

#include "cli/base/print.h"
#include "cli/runs/output_version.h"

namespace verger::cli {

Reloader::Reloader(std::shared_ptr<Place> place, std::chrono::milliseconds period, LoadOutput load,
                   Api& api, Metrics& metrics)
    : place_(std::move(place)),
      period_(period),
      load_(std::move(load)),
      api_(api),
      metrics_(metrics),
      thread_([this] { Work(); }) {}

Reloader::~Reloader() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Reloader::LoadNow() {
  {
    const std::lock_guard lock(mutex_);
    load_now_ = true;
  }
  changed_.notify_all();
}

void Reloader::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, period_, [this] { return finishing_ || load_now_; });
    if (finishing_) return;
    const bool even_if_same = std::exchange(load_now_, false);
    lock.unlock();
    Look(even_if_same);
    lock.lock();
  }
}

void Reloader::Look(bool even_if_same) {
  try {
    const Served before = api_.served();
    if (!even_if_same && OutputVersion(*place_) == before->version) return;
    api_.Replace(load_(before));
    metrics_.CountReload(true);
    last_failure_.clear();
  } catch (const std::exception& error) {
    metrics_.CountReload(false);
    WarnOf(error.what());
  }
}

// Once of the same failure in a row; not at all where memory does not suffice.
void Reloader::WarnOf(std::string_view failure) noexcept {
  try {
    if (last_failure_ == failure) return;
    Warn(fmt::format("the version before answers on: {}", failure));
    last_failure_ = failure;
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace verger::cli
