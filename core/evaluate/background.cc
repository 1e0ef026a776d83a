#include "core/evaluate/background.h"

#include "core/evaluate/figures.h"
#include "core/evaluate/trial.h"
#include "core/image/decode.h"
#include "core/image/resize.h"

namespace verger {
namespace {

constexpr int kSide = 100;
constexpr int kWidth = 8;
constexpr int kPatch = kSide / 4;

void AddPatch(const std::vector<std::uint8_t>& pixels, int left, int top, int width, int height,
              float* colours) {
  std::array<std::int64_t, 3> sums{};
  for (int y = top; y < top + height; ++y) {
    for (int x = left; x < left + width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        sums[c] += pixels[static_cast<std::size_t>(y * kSide + x) * 3 + c];
      }
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    colours[c] = static_cast<float>(sums[c]) / static_cast<float>(255 * width * height);
  }
}

}  // namespace

Result<Border> BorderOf(Bytes photo) {
  constexpr Size kSmall{kSide, kSide};
  VERGER_ASSIGN_OR_RETURN(const Image image, Decode(photo, {}, kSmall));
  std::vector<std::uint8_t> pixels(ByteCount(kSmall));
  VERGER_RETURN_IF_ERROR(Resize(image.view(), kSmall, Filter::kBox, pixels));
  Border border{};
  float* patch = border.data();
  for (int i = 0; i < 4; ++i, patch += 12) {
    const int at = i * kPatch;
    AddPatch(pixels, at, 0, kPatch, kWidth, patch);
    AddPatch(pixels, at, kSide - kWidth, kPatch, kWidth, patch + 3);
    AddPatch(pixels, 0, at, kWidth, kPatch, patch + 6);
    AddPatch(pixels, kSide - kWidth, at, kWidth, kPatch, patch + 9);
  }
  return border;
}

Background MeasureBackground(const EvaluationRows& rows, const Borders& borders,
                             std::span<const Split> splits, const std::string& split, int threads) {
  Background background;
  background.split = split;
  EvaluationRows some;
  some.dimension = kBorderNumbers;
  some.features = borders.values;
  some.label_names = rows.label_names;
  for (const std::size_t row : borders.rows) {
    some.paths.push_back(rows.paths[row]);
    some.labels.push_back(rows.labels[row]);
  }
  std::vector<Split> of_some;
  for (const Split& all : splits) {
    Split each;
    for (const std::size_t row : borders.rows) each.push_back(all[row]);
    if (LeaveOutNewLabels(some.labels, &each)) of_some.push_back(std::move(each));
  }
  TrainSettings settings;
  settings.method = Method::kLda;  // a few colours lie on all sides of their centre
  settings.transform = Transform::kNone;
  settings.shrinkage = kUsualShrinkage;
  settings.calibrate = false;
  settings.threads = threads;
  const Result<Trial> trial = TryFolds(some, of_some, std::vector<int>(some.size()), settings);
  if (!trial) {
    background.reason = trial.error().message;
    return background;
  }
  const Figures figures = FiguresOf(*trial);
  background.accuracy = figures.accuracy;
  background.chance = figures.chance;
  background.photos_tested = figures.photos_tested;
  background.photos = figures.photos_tested > 0 ? static_cast<std::int64_t>(some.size()) : 0;
  if (figures.photos_tested == 0)
    background.reason = "none of the photos that were read is a test photo";
  return background;
}

}  // namespace verger
