#include "cli/storage/s3/lock_object.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "cli/base/library.h"
#include "cli/storage/s3/errors.h"
#include "cli/storage/s3/upload.h"

namespace verger::cli {
namespace {

std::int64_t Milliseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

S3Header IfAbsent() { return {"if-none-match", "*"}; }

}  // namespace

LockObject::LockObject(std::shared_ptr<S3Client> client, std::string key, S3Headers headers,
                       std::string document)
    : client_(std::move(client)),
      key_(std::move(key)),
      headers_(std::move(headers)),
      document_(std::move(document)) {}

S3Answer LockObject::Read() const {
  S3Answer answer = client_->Send({"GET", key_, "", {}, ""});
  if (!answer.ok() && KindOf(answer) != VERGER_S3_MISSING) {
    throw S3Failure("lock", Path(), answer);
  }
  return answer;
}

bool LockObject::Put(const S3Header& condition) {
  const std::int64_t begin = Milliseconds();
  const S3Answer answer =
      verger::cli::Put(*client_, {key_, Path(), document_, headers_, condition});
  put_ms_ = Milliseconds() - begin;
  if (answer.ok()) etag_ = answer.etag;
  return answer.ok();
}

// After a put that was refused: a try before may have come through, and only its answer was lost.
bool LockObject::IsThisRuns(const S3Answer& answer) {
  if (!answer.ok() || answer.body != document_) return false;
  etag_ = answer.etag;
  return true;
}

bool LockObject::PutNew() { return Put(IfAbsent()) || IsThisRuns(Read()); }

bool LockObject::Replace(const std::string& etag) {
  if (Put({"if-match", etag})) return true;
  const S3Answer answer = Read();
  // Ceph 16 compares ETags without their quotes. What is there must not have changed meanwhile.
  const bool quoted = etag.size() > 2 && etag.front() == '"' && etag.back() == '"';
  if (!quoted || answer.etag != etag) return IsThisRuns(answer);
  return Put({"if-match", etag.substr(1, etag.size() - 2)}) || IsThisRuns(Read());
}

LockObject::Holder LockObject::ConfirmHolder() {
  if (IsAws(client_->settings())) return Holder::kThisRun;
  constexpr std::int64_t kShort = 100;
  constexpr std::int64_t kLongest = 2000;
  const S3Answer again =
      verger::cli::Put(*client_, {key_, Path(), document_, headers_, IfAbsent()});
  // A rival whose put was under way with ours takes about as long for it.
  const std::int64_t pause =
      again.ok() ? verger_lock_pause_milliseconds() : std::min(kShort + 2 * put_ms_, kLongest);
  std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  const S3Answer answer = Read();
  if (!answer.ok()) return Holder::kNobody;
  if (answer.body != document_) return Holder::kAnother;
  etag_ = answer.etag;
  return Holder::kThisRun;
}

void LockObject::Remove() { client_->Send({"DELETE", key_, "", {}, ""}); }

}  // namespace verger::cli
