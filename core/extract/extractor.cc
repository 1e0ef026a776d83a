#include "core/extract/extractor.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <new>
#include <openvino/openvino.hpp>
#include <thread>
#include <utility>

#include "core/base/limits.h"
#include "core/base/sha256.h"
#include "core/extract/compile.h"
#include "core/extract/free_streams.h"
#include "core/extract/saved_network.h"
#include "core/image/content.h"
#include "core/model/engine_error.h"

namespace verger {
namespace {

Error Internal(const std::string& what) {
  return {Code::kInternal, what.substr(0, what.find('\n'))};
}

// Callers decode photos of so many pixels side by side, larger ones one at a time.
constexpr std::int64_t kPixelsSideBySide = 90'000'000;

// An image in a batch: which view of which photo. Views of a photo follow each other.
struct Place {
  std::size_t row;
  int view;
};

// The engine's input and output for one batch, with what its images are.
struct Slot {
  ov::InferRequest request;
  std::vector<Place> places;
  std::vector<std::uint8_t> views;  // of the photo that is being put into places, if several
  std::vector<double> sums;         // of its views' features so far

  // The pixels of the first free place.
  std::span<std::uint8_t> Free(std::size_t image_bytes) {
    ov::Tensor tensor = request.get_input_tensor();
    return {tensor.data<std::uint8_t>() + places.size() * image_bytes, image_bytes};
  }
};

}  // namespace

struct Extractor::State {
  ExtractorOptions options;
  Preset preset;
  int dimension;
  ov::CompiledModel network;
  std::string key_to_save;  // "": not worth it, or saved already

  int streams;

  // A batch a stream: more would share the processor.
  std::unique_ptr<FreeStreams> free_streams;
  std::mutex slots_mutex;
  std::vector<std::unique_ptr<Slot>> slots;  // that no caller is using
  std::mutex large_photo_mutex;              // one at a time: what bounds memory

  std::unique_ptr<Slot> TakeSlot() {
    {
      const std::lock_guard lock(slots_mutex);
      if (!slots.empty()) {
        std::unique_ptr<Slot> slot = std::move(slots.back());
        slots.pop_back();
        slot->places.clear();
        return slot;
      }
    }
    auto slot = std::make_unique<Slot>();
    slot->request = network.create_infer_request();
    slot->sums.resize(static_cast<std::size_t>(dimension));
    if (preset.views > 1) {
      slot->views.resize(ViewBytes(preset));
    }
    return slot;
  }

  void GiveBack(std::unique_ptr<Slot> slot) {
    const std::lock_guard lock(slots_mutex);
    slots.push_back(std::move(slot));
  }

  // Writes the photo's views to `pixels`, and its traits where they are asked for; returns why
  // not, or "".
  Result<std::string> Load(Bytes photo, std::span<std::uint8_t> pixels,
                           std::optional<Traits>* traits) {
    DecodeLimits limits = options.limits;
    limits.max_pixels = std::min(limits.max_pixels, kPixelsSideBySide);
    VERGER_ASSIGN_OR_RETURN(std::string why_not, LoadWithin(limits, photo, pixels, traits));
    if (!MayPassWith(why_not, {limits.max_bytes, options.limits.max_pixels})) return why_not;
    const std::lock_guard turn(large_photo_mutex);
    return LoadWithin(options.limits, photo, pixels, traits);
  }

  Result<std::string> LoadWithin(const DecodeLimits& limits, Bytes photo,
                                 std::span<std::uint8_t> pixels, std::optional<Traits>* traits) {
    if (options.loader) return options.loader(photo, limits, preset, pixels);
    return LoadViews(photo, limits, preset, pixels, traits);
  }

  // Runs the images of `slot`; what stands in its unused places changes no other row.
  void Run(Slot& slot, FeatureBatch& batch) {
    {
      const Turn turn(*free_streams);
      // Not infer(): that computes on the caller's thread, and every change of caller costs the
      // engine its warm caches. A stream's own threads are the same for all.
      slot.request.start_async();
      slot.request.wait();
    }
    const ov::Tensor output = slot.request.get_output_tensor();
    const auto length = static_cast<std::size_t>(dimension);
    for (std::size_t at = 0; at < slot.places.size(); ++at) {
      Add({output.data<const float>() + at * length, length}, slot.places[at], slot.sums, batch);
    }
    slot.places.clear();
  }

  // Adds a view's features to the sums of its photo; the last one makes the photo's row of them.
  // The order is that of the views, whichever batches they were in, so that sums are the same.
  void Add(std::span<const float> from, Place place, std::span<double> sums, FeatureBatch& batch) {
    if (!std::ranges::all_of(from, [](float value) { return std::isfinite(value); })) {
      batch.errors[place.row] = "nan: the network gives features that are not finite";
      if (options.traits) batch.traits[place.row].reset();
    }
    // Not added to 0 at first: that would make 0 of -0.
    const bool first = place.view == 0;
    std::ranges::transform(from, sums, sums.begin(),
                           [&](float value, double sum) { return first ? value : sum + value; });
    if (place.view + 1 < preset.views || !batch.errors[place.row].empty()) return;
    std::ranges::transform(
        sums, batch.features.begin() + static_cast<std::ptrdiff_t>(place.row * from.size()),
        [&](double sum) { return static_cast<float>(sum / preset.views); });
  }

  // Puts the photo's views into places, and runs each batch that gets full.
  Status ExtractOne(Bytes photo, std::size_t row, Slot& slot, FeatureBatch& batch) {
    const std::size_t image_bytes = ByteCount(preset.input);
    const bool several = preset.views > 1;
    const std::span<std::uint8_t> views = several ? std::span(slot.views) : slot.Free(image_bytes);
    VERGER_ASSIGN_OR_RETURN(batch.errors[row],
                            Load(photo, views, options.traits ? &batch.traits[row] : nullptr));
    if (!batch.errors[row].empty()) {
      if (options.traits) batch.traits[row].reset();
      return Ok();
    }
    for (int view = 0; view < preset.views; ++view) {
      if (several) {
        std::ranges::copy(views.subspan(static_cast<std::size_t>(view) * image_bytes, image_bytes),
                          slot.Free(image_bytes).begin());
      }
      slot.places.push_back({row, view});
      if (slot.places.size() == static_cast<std::size_t>(options.batch_size)) Run(slot, batch);
    }
    return Ok();
  }

  Result<FeatureBatch> Extract(std::span<const Bytes> photos) {
    FeatureBatch batch;
    batch.dimension = dimension;
    batch.features.resize(photos.size() * static_cast<std::size_t>(dimension));
    batch.errors.resize(photos.size());
    if (options.traits) batch.traits.resize(photos.size());
    std::unique_ptr<Slot> slot = TakeSlot();
    for (std::size_t row = 0; row < photos.size(); ++row) {
      VERGER_RETURN_IF_ERROR(ExtractOne(photos[row], row, *slot, batch));
    }
    if (!slot->places.empty()) Run(*slot, batch);
    GiveBack(std::move(slot));
    return batch;
  }
};

bool MayPassLater(std::string_view error) {
  return error.ends_with(kOutOfMemory) || error.starts_with(kDecoderKilled) ||
         error.starts_with(kDecoderLate);
}

namespace {

Result<EnginePlan> PlanFor(const Model& model, const ExtractorOptions& options) {
  if (options.batch_size < 1 || options.batch_size > kMaxBatch) {
    return Error{Code::kBadCall,
                 fmt::format("batch_size is {}; choose 1 to {}", options.batch_size, kMaxBatch)};
  }
  if (options.threads < 0) {
    return Error{Code::kBadCall,
                 fmt::format("threads is {}; choose 0 for as many as the processor has, or more",
                             options.threads)};
  }
  if (options.traits && options.loader) {
    return Error{Code::kBadCall, "traits are measured without a decoder of the caller's alone"};
  }
  if (options.streams < 0) {
    return Error{
        Code::kBadCall,
        fmt::format("streams is {}; choose 0 for the engine's choice, or more", options.streams)};
  }
  if (model.precision == Precision::kBf16 && !HasBf16()) {
    return Error{Code::kBadCall,
                 "bf16: this processor does not support it: continue on one that does (AVX512_BF16 "
                 "or AMX), or choose fp32 or int8, which extracts every photo again"};
  }
  EnginePlan plan{options.batch_size, options.threads, options.streams};
  if (model.batch > 0) plan.batch_size = model.batch;
  if (plan.threads == 0) {
    plan.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  return plan;
}

}  // namespace

Result<std::string> Extractor::CompiledKey(const Model& model, const ExtractorOptions& options) {
  VERGER_ASSIGN_OR_RETURN(const EnginePlan plan, PlanFor(model, options));
  if (!IsWorthSaving(model)) return std::string();
  try {
    const std::string key = SavedNetworkKey(model, plan);
    return Sha256(std::as_bytes(std::span(key)));
  } catch (const std::exception& exception) {
    return Internal(exception.what());
  }
}

Result<Extractor> Extractor::Create(const Model& model, const ExtractorOptions& options) {
  VERGER_ASSIGN_OR_RETURN(const EnginePlan plan, PlanFor(model, options));
  try {
    auto state = std::make_unique<State>();
    state->options = options;
    state->options.compiled = {};
    state->options.batch_size = plan.batch_size;
    state->preset = model.preset;
    state->dimension = model.dimension;
    if (IsWorthSaving(model)) state->key_to_save = SavedNetworkKey(model, plan);
    if (const auto restored = Restore(model, plan, state->key_to_save, options.compiled)) {
      state->network = *restored;
      state->key_to_save.clear();
    } else {
      VERGER_ASSIGN_OR_RETURN(state->network, Compile(model, plan));
    }
    state->streams = std::max(1, state->network.get_property(ov::num_streams).num);
    state->free_streams = std::make_unique<FreeStreams>(state->streams);
    return Extractor(std::move(state));
  } catch (const std::bad_alloc&) {
    return Internal("out of memory while preparing " + model.name);
  } catch (const std::exception& exception) {
    const bool int8 = model.precision == Precision::kInt8;
    return Internal(fmt::format("the engine cannot prepare {}: {}{}", model.name,
                                CauseOf(exception.what()), int8 ? "; choose fp32 or bf16" : ""));
  }
}

Extractor::Extractor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;
Extractor::~Extractor() = default;

Result<std::string> Extractor::Save() const {
  if (state_->key_to_save.empty()) return std::string();
  try {
    return verger::Save(state_->network, state_->key_to_save);
  } catch (const std::exception& exception) {
    return Internal(fmt::format("the engine cannot save the network: {}", exception.what()));
  }
}

int Extractor::dimension() const { return state_->dimension; }
bool Extractor::traits() const { return state_->options.traits; }
int Extractor::streams() const { return state_->streams; }

Result<FeatureBatch> Extractor::Extract(std::span<const Bytes> photos) const {
  try {
    return state_->Extract(photos);
  } catch (const std::bad_alloc&) {
    return Internal("out of memory while extracting features");
  } catch (const std::exception& exception) {
    return Internal(fmt::format("the engine failed: {}", CauseOf(exception.what())));
  }
}

}  // namespace verger
