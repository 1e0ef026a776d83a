#include "core/model/preset_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

namespace verger {
namespace {

constexpr double kLeastShare = 0.01;
constexpr double kMostPixels = 65535;
constexpr int kLeastSide = 112;
constexpr int kMostSide = 320;
constexpr int kSideStep = 4;
constexpr double kLargest = 1e6;  // mean or deviation

using Three = std::array<float, 3>;

struct Scale {
  std::string_view word;
  Three mean;
  Three scale;

  bool IsOf(const Preset& preset) const { return mean == preset.mean && scale == preset.scale; }
};

// Source: torchvision's and timm's IMAGENET_DEFAULT_MEAN and _STD, and CLIP's image_mean and
// image_std, each times 255.
constexpr std::array<Scale, 5> kScales = {{
    {"0..1", {0, 0, 0}, {255, 255, 255}},
    {"-1..1", {127.5F, 127.5F, 127.5F}, {127.5F, 127.5F, 127.5F}},
    {"0..255", {0, 0, 0}, {1, 1, 1}},
    {"imagenet", {123.675F, 116.28F, 103.53F}, {58.395F, 57.12F, 57.375F}},
    {"clip", {122.7709383F, 116.7460125F, 104.09373615F}, {68.5005327F, 66.6321579F, 70.32316305F}},
}};

Error Bad(std::string_view key, std::string_view value, std::string_view choices) {
  return {Code::kBadCall, fmt::format("{} \"{}\": {}", key, value, choices)};
}

// A number that takes all of `text`, and is finite.
std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

// One number or three of each of mean and deviation, as three of each; nothing for other text.
std::optional<std::array<double, 6>> MeansAndDeviations(std::string_view text) {
  std::vector<double> numbers;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::optional<double> number = NumberIn(text.substr(0, comma));
    if (!number || std::fabs(*number) > kLargest || numbers.size() == 6) return std::nullopt;
    numbers.push_back(*number);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (numbers.size() != 2 && numbers.size() != 6) return std::nullopt;
  std::array<double, 6> all{};
  for (std::size_t i = 0; i < 6; ++i) all[i] = numbers[i * numbers.size() / 6];
  return all;
}

Status SetScale(std::string_view value, Preset* preset) {
  const auto word = std::ranges::find(kScales, value, &Scale::word);
  if (word != kScales.end()) {
    preset->mean = word->mean;
    preset->scale = word->scale;
    return Ok();
  }
  const auto numbers = MeansAndDeviations(value);
  if (!numbers) {
    return Bad("scale", value,
               "give 0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD such as 0.5,0.5 or "
               "0.485,0.456,0.406,0.229,0.224,0.225");
  }
  const bool to_one = std::ranges::all_of(*numbers, [](double x) { return std::fabs(x) <= 1; });
  for (std::size_t c = 0; c < 3; ++c) {
    const double unit = to_one ? 255 : 1;
    preset->mean[c] = static_cast<float>((*numbers)[c] * unit + 0.0);  // -0 becomes 0
    preset->scale[c] = static_cast<float>((*numbers)[c + 3] * unit);
  }
  // Else some numbers are of pixels to 1 and others of pixels to 255. What passes is the same
  // preset again when its numbers, which go to 255, are read.
  const bool centred = std::ranges::any_of(preset->mean, [](float x) { return std::fabs(x) > 1; });
  const bool at_zero = preset->mean == Three{0, 0, 0};
  const bool wide = std::ranges::all_of(preset->scale, [](float x) { return x >= 1; });
  if (!wide || !(centred || at_zero)) {
    return Bad("scale", value,
               "give means and deviations all of pixels from 0 to 1, such as 0.5,0.5, or all of "
               "pixels from 0 to 255, such as 127.5,127.5");
  }
  return Ok();
}

Status SetFilter(std::string_view value, Preset* preset) {
  const auto name = std::ranges::find(kFilterNames, value);
  if (name == kFilterNames.end()) {
    return Bad("filter", value, fmt::format("choose one of: {}", fmt::join(kFilterNames, ", ")));
  }
  preset->filter = static_cast<Filter>(name - kFilterNames.begin());
  return Ok();
}

Status SetChannels(std::string_view value, Preset* preset) {
  if (value != "rgb" && value != "bgr") return Bad("channels", value, "choose one of: rgb, bgr");
  preset->order = value == "bgr" ? ChannelOrder::kBgr : ChannelOrder::kRgb;
  return Ok();
}

Status SetResize(std::string_view value, Preset* preset) {
  constexpr std::string_view kCrop = "crop:";
  if (value == "stretch") {
    preset->crop = 0;
    return Ok();
  }
  const double crop =
      value.starts_with(kCrop) ? NumberIn(value.substr(kCrop.size())).value_or(0) : 0;
  const bool share = crop >= kLeastShare && crop <= 1;
  const bool pixels = crop > 1 && crop <= kMostPixels && crop == std::floor(crop);
  if (!share && !pixels) {
    return Bad("resize", value,
               fmt::format("give stretch; crop:SHARE, from {} to 1, such as crop:0.875; or "
                           "crop:PIXELS, of the photo's shorter side, such as crop:256",
                           kLeastShare));
  }
  preset->crop = crop;
  return Ok();
}

Status SetSize(std::string_view value, Preset* preset) {
  const double side = NumberIn(value).value_or(0);
  if (side < kLeastSide || side > kMostSide || std::fmod(side, kSideStep) != 0) {
    return Bad("size", value,
               fmt::format("give the pixels of a side of the network's input, {} to {}, a multiple "
                           "of {}",
                           kLeastSide, kMostSide, kSideStep));
  }
  preset->size = static_cast<int>(side);
  return Ok();
}

Status SetDecode(std::string_view value, Preset* preset) {
  if (value != "exact" && value != "fast") {
    return Bad("decode", value, "choose one of: exact, fast");
  }
  preset->decoding = value == "fast" ? Decoding::kFast : Decoding::kExact;
  return Ok();
}

Status SetViews(std::string_view value, Preset* preset) {
  const auto views =
      std::ranges::find(kViews, value, [](int each) { return fmt::format("{}", each); });
  if (views == kViews.end()) {
    return Bad("views", value, fmt::format("choose one of: {}", fmt::join(kViews, ", ")));
  }
  preset->views = *views;
  return Ok();
}

}  // namespace

Status SetPart(std::string_view key, std::string_view value, Preset* preset) {
  if (key == "scale") return SetScale(value, preset);
  if (key == "filter") return SetFilter(value, preset);
  if (key == "channels") return SetChannels(value, preset);
  if (key == "resize") return SetResize(value, preset);
  if (key == "size") return SetSize(value, preset);
  if (key == "decode") return SetDecode(value, preset);
  if (key == "views") return SetViews(value, preset);
  return Bad("preset", fmt::format("{}={}", key, value),
             "the parts of a preset are scale, filter, channels, resize, size, decode and views");
}

std::string ScaleText(const Preset& preset) {
  for (const Scale& scale : kScales) {
    if (scale.IsOf(preset)) return std::string(scale.word);
  }
  const auto one = [](const Three& three) { return three[0] == three[1] && three[1] == three[2]; };
  if (one(preset.mean) && one(preset.scale)) {
    return fmt::format("{},{}", preset.mean[0], preset.scale[0]);
  }
  return fmt::format("{},{}", fmt::join(preset.mean, ","), fmt::join(preset.scale, ","));
}

std::string_view ChannelsText(const Preset& preset) {
  return preset.order == ChannelOrder::kBgr ? "bgr" : "rgb";
}

std::string ResizeText(const Preset& preset) {
  return preset.crop == 0 ? "stretch" : fmt::format("crop:{}", preset.crop);
}

}  // namespace verger
