// preset.h: the exact preprocessing a network was trained with.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/image/decode.h"
#include "core/image/image.h"
#include "core/image/resize.h"

namespace verger {

enum class ChannelOrder { kRgb, kBgr };

// How many views of a photo there may be (core/extract/views.h says which they are).
inline constexpr std::array<int, 3> kViews = {1, 3, 8};

// The input of a network that does not say its own.
inline constexpr Size kUsualInput{224, 224};

// tensor[c] = (pixel[order[c]] - mean[c]) / scale[c], in float32.
struct Preset {
  std::string name;  // as in PresetNames, or else its parts; without size, decode, views
  Size input;        // of the network
  int size = 0;      // pixels of a side of the input that were asked for; 0: the network's own
  Filter filter = Filter::kBicubic;
  ChannelOrder order = ChannelOrder::kRgb;
  std::array<float, 3> mean{};  // in the order of the tensor's channels, on a scale of 0 to 255
  std::array<float, 3> scale{1, 1, 1};
  // 0: a photo is stretched to the input. Else its centre is cut out, at a scale that gives its
  // shorter side `crop` pixels, or, up to 1, as many as make the input that share of them.
  double crop = 0;
  Decoding decoding = Decoding::kExact;
  int views = 1;  // of a photo, one of kViews, whose mean its features are
};

// Names of the presets there are.
std::vector<std::string> PresetNames();

// The same, separated by commas.
inline constexpr char kPresetNames[] =
    "keras,efficientnet-lite,torchvision,tensorflow,mobilenet-v2,timm,dinov2,clip";

// Reads a preset of names and parts between commas, such as "timm", "timm,filter=bilinear" or
// "scale=-1..1,filter=bicubic"; its input is kUsualInput, or `size`. What comes later goes before;
// a name sets every part.
//
//   scale     0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD: one number or three of each, of
//             pixels from 0 to 1, or, if one of the numbers is above 1, from 0 to 255
//   filter    one of kFilterNames; bicubic by default
//   channels  rgb or bgr; rgb by default
//   resize    stretch, the default; or crop:SHARE or crop:PIXELS
//   size      pixels of a side of the input, 112 to 320, a multiple of 4; by default the network's
//   decode    exact, the default; or fast: a large JPEG is decoded at 1/2, 1/4 or 1/8, the least
//             that leaves twice the pixels it is resized to
//   views     1, the default; 3 or 8: features are the mean of those of so many views of a photo
//
// Errors: kBadCall, with what there is to choose from, for what is none of these, and if no name
//         and no scale is given.
Result<Preset> ReadPreset(std::string_view text);

// All parts of a preset, in one order and spelling; ReadPreset reads it. decode only where it is
// fast, views only where they are several.
std::string Parts(const Preset& preset);

// Those of them that named presets have: all but size, decode and views.
std::string MainParts(const Preset& preset);

// The same in fewest words: the preset's name if it has one, and what was chosen of size,
// decode and views.
std::string ShortText(const Preset& preset);

// Says that the network's own input is `own`: the preset's becomes that unless a size was asked
// for. To have asked for its own is to have asked for nothing.
void SetOwnInput(Size own, Preset* preset);

// How many pixels of a photo are to be decoded along each side, as Decode() takes it, so that its
// smallest view has enough.
Size PixelsNeeded(const Preset& preset);

// Pixels of a photo's shorter side before the input is cut out of it; 0: stretched.
int ShorterSide(const Preset& preset);

// Errors: kBadCall if the network's input cannot be cut out of a photo as the preset says, or is no
//         square and would have to be turned for a view.
Status CheckInput(const Preset& preset);

// One line that is the same for two presets just when they make the same tensors,
// e.g. "keras:224x224:bicubic:bgr:103.939,116.779,123.68:1,1,1".
std::string Identity(const Preset& preset);

}  // namespace verger
