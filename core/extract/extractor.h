// extractor.h: batches of photos through a network.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/extract/load_views.h"
#include "core/image/decode.h"
#include "core/image/traits.h"
#include "core/model/model.h"

namespace verger {

struct ExtractorOptions {
  int threads = 0;  // of the engine; 0: as many as the processor has
  // Batches computed at a time, by threads / streams threads each; 0: the engine's choice for the
  // network and the processor's caches (docs/decisions/0002). At most `threads`.
  int streams = 0;
  // Photos the network sees at a time. Few are faster (docs/decisions/0002), and leave few places
  // of the last batch that are computed for nothing. It does not follow the number of threads: the
  // engine picks its kernels by it, and features would move with the machine. A model with a batch
  // of its own is given that.
  int batch_size = 4;
  DecodeLimits limits;
  bool traits = false;  // measured as well, from the pixels that are decoded anyway
  ViewLoader loader{};  // in place of LoadViews(); without traits
  // What Save() gave, from someone to be trusted: the engine makes code of it. It is read only
  // while the extractor is created; what is damaged or does not fit is passed over.
  Bytes compiled;
};

// Features of a batch of photos, a row a photo, in order.
struct FeatureBatch {
  int dimension = 0;
  // Shape: row-major, errors.size() x dimension. A rejected photo's row is all 0.
  std::vector<float> features;
  // The reason a photo was rejected, or "" where its features are good.
  std::vector<std::string> errors;
  // Nothing for rejects, and where MeasureTraits() gives nothing. Empty if they are not asked for.
  std::vector<std::optional<Traits>> traits;
};

// Whether another run may fare better with a photo that has this error: memory or the time of a
// decoder did not suffice.
bool MayPassLater(std::string_view error);

// Decodes, resizes and runs photos through one compiled network. Where the preset has several views
// of a photo, its features are their mean.
//
// Safe from many threads: they decode side by side and wait for a free stream of the engine, so
// callers on streams() + 1 threads, and no fewer than `threads`, keep it busy.
class Extractor {
 public:
  // Errors: kBadCall for a batch_size outside 1 to 1024, threads or streams below 0, traits with a
  //         loader; kInternal if the engine cannot compile the network.
  // Cost:   compiles the network: a fraction of a second to about a second.
  static Result<Extractor> Create(const Model& model, const ExtractorOptions& options = {});

  Extractor(Extractor&&) noexcept;
  Extractor& operator=(Extractor&&) noexcept;
  ~Extractor();

  // What the compiled network depends on, as 64 hexadecimal digits: a name for what Save() gives.
  // "" where that is worth nothing. Errors: as Create().
  static Result<std::string> CompiledKey(const Model& model, const ExtractorOptions& options);

  // The compiled network, for ExtractorOptions::compiled: int8 starts six times as fast by it. ""
  // where it is worth nothing (fp32 and bf16), or was made of such bytes.
  //
  // Errors: kInternal if the engine fails. Size: about a byte a weight.
  Result<std::string> Save() const;

  int dimension() const;
  bool traits() const;  // whether they are asked for
  int streams() const;  // as many as the engine has: at most threads, and the processor's cores

  // A photo that gives no finite features, or that memory does not suffice for, is a row with an
  // error, never a failed call.
  // A photo is decoded once, whatever its views; each of them is an image of a batch.
  // A photo's row does not depend, to the bit, on the photos beside it, on its place, or on threads
  // and streams; another batch_size may move the last bits.
  //
  // Errors: kInternal if the engine fails; those of the loader.
  Result<FeatureBatch> Extract(std::span<const Bytes> photos) const;

 private:
  struct State;
  explicit Extractor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace verger
