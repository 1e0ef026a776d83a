#include "cli/runs/verify.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <exception>
#include <memory>

#include "cli/base/error.h"
#include "cli/base/exported_batch.h"
#include "cli/base/text.h"
#include "cli/engine/handles.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using VerificationHandle = std::unique_ptr<verger_verification, FreeBy<verger_verification_free>>;

VerificationHandle MakeVerification(const Output& output) {
  verger_verification* created = nullptr;
  Call(verger_verification_create, Borrowed(output.state().manifest), &created);
  return VerificationHandle(created);
}

std::uint64_t TotalBytes(const Manifest& manifest) {
  std::uint64_t bytes = manifest.moments.bytes;
  for (const PartEntry& part : manifest.preprocessing) bytes += part.file.bytes;
  if (manifest.reduction) {
    bytes += manifest.reduction->pca.bytes;
    for (const ResultEntry& result : manifest.reduction->results) bytes += result.part.file.bytes;
  }
  return bytes;
}

// Reads files; what is wrong with their contents the library says.
class Verifier {
 public:
  Verifier(const Output& output, ProgressMode mode)
      : output_(output),
        manifest_(output.Extracted()),
        verification_(MakeVerification(output)),
        progress_({"verify", ProgressUnit::kBytes, TotalBytes(manifest_), mode}) {}

  Verification Run() {
    for (const PartEntry& part : manifest_.preprocessing) {
      Check(part.file, [&](const std::string& bytes) {
        AddPart(part.file, DecodePhotoColumns(AsFile(bytes), PathOf(part.file)));
      });
    }
    damaged_ = !result_.problems.empty();
    Check(manifest_.moments, [](const std::string&) {});
    if (manifest_.reduction) CheckReduction(*manifest_.reduction);
    const ExportedBatch names(*output_.ListAll());
    Tell(ImportBatch(verger_verification_finish, verification_.get(), names.array(),
                     names.schema()));
    progress_.Finish();
    // A version that a run has replaced meanwhile proves nothing: its files may be removed.
    if (damaged_ && output_.IsLatest()) output_.AskForACheck();
    return std::move(result_);
  }

 private:
  std::string PathOf(const FileEntry& file) const { return output_.place().PathOf(file.name); }

  // Calls `check` with the file's bytes if they are the ones that were written.
  template <typename CheckBytes>
  void Check(const FileEntry& file, CheckBytes check) {
    ++result_.files;
    try {
      check(output_.Read(file));
    } catch (const Failure& failure) {
      result_.problems.emplace_back(failure.what());
    }
    progress_.Add(file.bytes);
  }

  void AddPart(const FileEntry& file, const Batch& rows) {
    const ExportedBatch exported(*rows);
    Tell(ImportBatch(verger_verification_add_part, verification_.get(), Borrowed(file.name),
                     exported.array(), exported.schema()));
  }

  void CheckReduction(const Reduction& reduction) {
    Check(reduction.pca, [&](const std::string& document) {
      const std::string published = output_.place().ReadIfPresent(kPcaDocument).value_or("");
      Tell(ImportBatch(verger_verification_add_pca, verification_.get(), Borrowed(document),
                       Borrowed(published)));
    });
    for (const ResultEntry& result : reduction.results) {
      Check(result.part.file, [&](const std::string& bytes) {
        AddPart(result.part.file, DecodeResults(bytes, PathOf(result.part.file), {"path"}));
      });
    }
  }

  void Tell(const Batch& problems) {
    const auto& lines = static_cast<const arrow::StringArray&>(*problems->column(0));
    for (std::int64_t line = 0; line < lines.length(); ++line) {
      result_.problems.push_back(Printable(lines.GetView(line)));
    }
  }

  const Output& output_;
  const Manifest& manifest_;
  const VerificationHandle verification_;
  Progress progress_;
  bool damaged_ = false;  // a part of Preprocessing, which a run would have to make again
  Verification result_;
};

}  // namespace

Verification Verify(const Output& output, ProgressMode progress) {
  return Verifier(output, progress).Run();
}

}  // namespace verger::cli
