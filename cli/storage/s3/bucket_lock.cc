#include "cli/storage/s3/bucket_lock.h"

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <fstream>
#include <random>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/library.h"
#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

std::string FirstLine(const char* file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// Where the number of a process means the same process: a machine since it was started, and in
// containers their own numbering.
std::string HostIdentity() {
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  char numbering[64] = "";
  if (readlink("/proc/self/ns/pid", numbering, sizeof(numbering) - 1) < 0) return "";
  return fmt::format("{} {} {}", name, FirstLine("/proc/sys/kernel/random/boot_id"), numbering);
}

// When a process began, as the system counts: numbers of processes are used again. "" if there is
// no such process.
std::string StartOf(std::int64_t process) {
  const std::string line = FirstLine(fmt::format("/proc/{}/stat", process).c_str());
  // The 22nd field; the second, in parentheses, may hold anything.
  std::size_t at = line.rfind(')');
  for (int field = 2; at != std::string::npos && field < 22; ++field) at = line.find(' ', at + 1);
  if (at == std::string::npos) return "";
  return line.substr(at + 1, line.find(' ', at + 1) - at - 1);
}

std::string MakeDocument() {
  std::random_device random;
  const std::string token = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
  return TextOf(verger_lock_document, Borrowed(token), Borrowed(HostIdentity()),
                std::int64_t{getpid()}, Borrowed(StartOf(getpid())));
}

// A lock that nobody renews would keep others out until it is stale.
LockObject::Holder ConfirmOrRemove(LockObject& object, const std::string& document) {
  try {
    return object.ConfirmHolder();
  } catch (const Failure&) {
    try {
      const S3Answer left = object.Read();
      if (left.ok() && left.body == document) object.Remove();
    } catch (const Failure&) {
      // The error that is rethrown says more.
    }
    throw;
  }
}

}  // namespace

std::int64_t AgeOf(const S3Answer& answer) {
  if (answer.modified <= 0) return 0;  // unknown
  return (answer.date > 0 ? answer.date : std::time(nullptr)) - answer.modified;
}

bool LockIsGone(const std::string& document, std::int64_t age) {
  const std::string host = HostIdentity();
  const std::int64_t process = verger_lock_process(Borrowed(document), Borrowed(host));
  const std::string start = process == 0 ? "" : StartOf(process);
  // /proc may hide processes of other users (hidepid); kill knows them all the same.
  const bool exists = process != 0 && (kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH);
  return verger_lock_is_gone(Borrowed(document), Borrowed(host), Borrowed(start), exists, age) != 0;
}

std::unique_ptr<BucketLock> BucketLock::TryAcquire(std::shared_ptr<S3Client> client,
                                                   const std::string& key,
                                                   const S3Headers& headers) {
  // AWS's servers honour conditions; others may overwrite a lock against one.
  const bool look_first = !IsAws(client->settings());
  const std::string document = MakeDocument();
  LockObject object(std::move(client), key, headers, document);
  // It may vanish between reading it and the next step, but not every time.
  bool lost = false;
  for (int attempt = 0; attempt < 3; ++attempt) {
    S3Answer other;
    if (look_first) other = object.Read();
    const bool put = !other.ok() && object.PutNew();
    if (!put) {
      if (!other.ok()) other = object.Read();
      if (!other.ok()) continue;
      if (!LockIsGone(other.body, AgeOf(other)) || !object.Replace(other.etag)) return nullptr;
    }
    const LockObject::Holder holder = ConfirmOrRemove(object, document);
    if (holder == LockObject::Holder::kAnother) return nullptr;
    if (holder == LockObject::Holder::kThisRun) {
      return std::make_unique<BucketLock>(std::move(object), document);
    }
    lost = true;
  }
  if (!lost) return nullptr;
  throw Failure(
      Exit::kStorage,
      fmt::format("cannot lock '{}': the server does not return an object right after it was put: "
                  "use a server with read-after-write consistency, or write to a folder",
                  object.Path()));
}

BucketLock::BucketLock(LockObject object, std::string document)
    : object_(std::move(object)), document_(std::move(document)), renewing_([this] { Renew(); }) {}

BucketLock::~BucketLock() {
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
  }
  changed_.notify_all();
  renewing_.join();
  try {
    if (IsThisRuns()) object_.Remove();
  } catch (const std::exception&) {
    // A failed run reports its own error; other runs see by this process that the lock is stale.
  }
}

bool BucketLock::IsThisRuns() const {
  const S3Answer answer = object_.Read();
  return answer.ok() && answer.body == document_;
}

void BucketLock::Check() {
  if (IsThisRuns()) return;
  throw Failure(Exit::kInUse,
                fmt::format("{}: another run has taken over the lock: run again when it has ended",
                            object_.Path()));
}

void BucketLock::Renew() {
  std::unique_lock lock(mutex_);
  const std::chrono::seconds pause(verger_lock_renew_seconds());
  while (!changed_.wait_for(lock, pause, [this] { return released_; })) {
    lock.unlock();
    try {
      // A server that ignores conditions would overwrite another run's.
      if (IsThisRuns()) object_.Renew();
    } catch (const std::exception&) {
      // The next time may fare better; Check finds what does not.
    }
    lock.lock();
  }
}

}  // namespace verger::cli
