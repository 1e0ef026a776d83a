#include "cli/base/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

namespace verger::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kPlainLine = std::chrono::seconds(5);
constexpr double kMinElapsedForRate = 1;  // seconds: before, a rate measures the start
constexpr double kRateWindow = 10;        // seconds: long enough for a steady number

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool IsTerminal(int output) { return ::isatty(output) == 1 && Environment("TERM") != "dumb"; }

bool SpeaksUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = Environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

int Width(int output) {
  struct winsize size;
  if (::ioctl(output, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 79;
  // The last column stays free: filling it makes some terminals wrap.
  return size.ws_col - 1;
}

}  // namespace

Progress::Progress(Options options)
    : options_(std::move(options)),
      terminal_(IsTerminal(options_.output)),
      style_{79, Environment("NO_COLOR").empty(), SpeaksUtf8()},
      start_(Now()),
      total_(options_.total) {
  const bool visible = options_.mode == ProgressMode::kAuto ||
                       (options_.mode == ProgressMode::kTerminalOnly && terminal_);
  if (visible) thread_ = std::thread([this] { Run(); });
}

Progress::~Progress() {
  Stop();
  Wipe();
}

void Progress::Add(std::uint64_t done, std::uint64_t rejects) {
  done_ += done;
  if (rejects > 0) rejects_ += rejects;
}

void Progress::SetBefore(std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  before_ = done;
  done_ = done;
  samples_.clear();
}

void Progress::Say(std::string_view line) {
  if (options_.mode == ProgressMode::kNever) return;
  const std::lock_guard lock(mutex_);
  Wipe();
  Write(std::string(line) + "\n");
}

void Progress::Finish() {
  if (!thread_.joinable()) return;
  Stop();
  ProgressState state = State();
  // The rate of this process over the whole job, not of the last seconds.
  state.done -= before_;
  state.rate =
      state.elapsed >= kMinElapsedForRate ? static_cast<double>(state.done) / state.elapsed : 0;
  Wipe();
  Write(FinalLine(state) + "\n");
}

ProgressState Progress::State() {
  const double now = Elapsed();
  const std::uint64_t done = done_;
  samples_.emplace_back(now, done);
  while (samples_.size() > 2 && samples_[1].first < now - kRateWindow) samples_.pop_front();
  const auto& [then, before] = samples_.front();
  double rate = 0;
  if (now - then >= 0.3 && done > before) rate = static_cast<double>(done - before) / (now - then);
  return {options_.label, options_.unit, done, total_, rejects_, now, rate};
}

void Progress::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (terminal_) Draw();
    if (wake_.wait_for(lock, terminal_ ? std::chrono::milliseconds(kRedraw) : kPlainLine,
                       [this] { return stopped_; })) {
      break;
    }
    if (!terminal_) Write(PlainLine(State()) + "\n");
  }
}

void Progress::Draw() {
  ProgressStyle style = style_;
  style.width = Width(options_.output);
  // Written over the old line, then cleared to its end: wiping first would flicker.
  Write(fmt::format("\r{}\033[K", BarLine(State(), style)));
  drawn_ = true;
}

void Progress::Wipe() {
  if (drawn_) Write("\r\033[K");
  drawn_ = false;
}

void Progress::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Progress::Write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(options_.output, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Progress::Seconds Progress::Elapsed() const { return Now() - start_; }

}  // namespace verger::cli
