#include "cli/storage/s3/bucket_lock.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <random>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/library.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/upload.h"

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

}  // namespace

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
  const std::string document = MakeDocument();
  const auto put = [&](const S3Header& condition) {
    S3Answer answer = Put(*client, {key, client->PathOf(key), document, headers, condition});
    if (answer.ok()) return answer;
    // A try before may have come through, and only its answer was lost.
    S3Answer found = client->Send({"GET", key, "", {}, ""});
    return found.ok() && found.body == document ? found : answer;
  };
  // It may go between our look at it and the next step, but not for ever.
  for (int attempt = 0; attempt < 3; ++attempt) {
    S3Answer mine = put({"if-none-match", "*"});
    if (!mine.ok()) {
      const S3Answer other = client->Send({"GET", key, "", {}, ""});
      if (other.status == 404) continue;
      if (!other.ok()) throw S3Failure("lock", client->PathOf(key), other);
      if (!LockIsGone(other.body, other.date - other.modified)) return nullptr;
      mine = put({"if-match", other.etag});
      if (!mine.ok()) return nullptr;
    }
    return std::make_unique<BucketLock>(std::move(client), key, headers, document, mine.etag);
  }
  return nullptr;
}

BucketLock::BucketLock(std::shared_ptr<S3Client> client, std::string key, S3Headers headers,
                       std::string document, std::string etag)
    : client_(std::move(client)),
      key_(std::move(key)),
      headers_(std::move(headers)),
      document_(std::move(document)),
      etag_(std::move(etag)),
      renewing_([this] { Renew(); }) {}

BucketLock::~BucketLock() {
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
  }
  changed_.notify_all();
  renewing_.join();
  try {
    if (Ours()) client_->Send({"DELETE", key_, "", {}, ""});
  } catch (const std::exception&) {
    // A run that failed tells of its own error; this lock is known to be dead by our process.
  }
}

bool BucketLock::Ours() const {
  const S3Answer found = client_->Send({"GET", key_, "", {}, ""});
  if (!found.ok() && found.status != 404) {
    throw S3Failure("read", client_->PathOf(key_), found);
  }
  return found.ok() && found.body == document_;
}

void BucketLock::Check() {
  if (Ours()) return;
  throw Failure(Exit::kInUse,
                fmt::format("{}: another run has taken the lock over: run again when it has ended",
                            client_->PathOf(key_)));
}

void BucketLock::Renew() {
  std::unique_lock lock(mutex_);
  const std::chrono::seconds pause(verger_lock_renew_seconds());
  while (!changed_.wait_for(lock, pause, [this] { return released_; })) {
    lock.unlock();
    try {
      const S3Header if_ours = {"if-match", etag_};
      S3Answer answer = Put(*client_, {key_, client_->PathOf(key_), document_, headers_, if_ours});
      // An answer that was lost leaves us with an old ETag of what is still ours.
      if (!answer.ok()) answer = client_->Send({"GET", key_, "", {}, ""});
      if (answer.ok() && (answer.body.empty() || answer.body == document_)) etag_ = answer.etag;
    } catch (const std::exception&) {
      // The next time may fare better; Check finds what does not.
    }
    lock.lock();
  }
}

}  // namespace verger::cli
