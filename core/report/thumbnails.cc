#include "core/report/thumbnails.h"

#include <fmt/core.h>
#include <webp/encode.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "core/image/decode.h"
#include "core/image/resize.h"

namespace verger {
namespace {

constexpr int kMostSide = 16'383;  // of a WebP, in pixels

struct WriterFree {
  void operator()(WebPMemoryWriter* writer) const { WebPMemoryWriterClear(writer); }
};

Error Failed(const char* what) {
  return Error{Code::kInternal, fmt::format("libwebp cannot make the thumbnails: {}", what)};
}

// Puts the thumbnails into `picture`, whose size is set, row by row. False where memory is short.
// In a function of its own, so that their pixels are gone while the picture is encoded.
bool ImportPixels(const std::vector<const Thumbnail*>& thumbnails, const ThumbnailStyle& style,
                  int columns, WebPPicture& picture) {
  const auto side = static_cast<std::size_t>(style.side);
  const std::size_t row_bytes = 3 * side;
  const std::size_t stride = row_bytes * static_cast<std::size_t>(columns);
  std::vector<std::uint8_t> pixels(ByteCount({picture.width, picture.height}), 0x80);
  for (std::size_t at = 0; at < thumbnails.size(); ++at) {
    const std::size_t column = at % static_cast<std::size_t>(columns);
    const std::size_t row = at / static_cast<std::size_t>(columns);
    std::uint8_t* to = pixels.data() + row * side * stride + column * row_bytes;
    for (std::size_t y = 0; y < side; ++y) {
      std::memcpy(to + y * stride, thumbnails[at]->data() + y * row_bytes, row_bytes);
    }
  }
  return WebPPictureImportRGB(&picture, pixels.data(), static_cast<int>(stride)) != 0;
}

}  // namespace

Result<Thumbnail> MakeThumbnail(Bytes photo, const ThumbnailStyle& style) {
  const int side = style.side;
  // A JPEG decoded to no fewer pixels: twice as many look no better at this size, and cost 4 times.
  VERGER_ASSIGN_OR_RETURN(const Image image, Decode(photo, {}, {side, side}));
  const double width = image.size.width;
  const double height = image.size.height;
  const double scale = side / std::min(width, height);
  const Size scaled{std::max(side, static_cast<int>(std::lround(width * scale))),
                    std::max(side, static_cast<int>(std::lround(height * scale)))};
  const Window middle{(scaled.width - side) / 2, (scaled.height - side) / 2, {side, side}};
  Thumbnail thumbnail(ByteCount(middle.size));
  VERGER_RETURN_IF_ERROR(ResizeWindow(image.view(), scaled, middle, Filter::kBilinear, thumbnail));
  return thumbnail;
}

int SpriteColumns(std::size_t count) {
  return std::max(1, static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count)))));
}

Result<std::string> EncodeSprite(const std::vector<const Thumbnail*>& thumbnails,
                                 const ThumbnailStyle& style) {
  const int columns = SpriteColumns(thumbnails.size());
  const int rows = std::max(1, (static_cast<int>(thumbnails.size()) + columns - 1) / columns);
  const Size size{columns * style.side, rows * style.side};
  if (size.width > kMostSide || size.height > kMostSide) return Failed("there are too many");
  WebPConfig config;
  if (WebPConfigInit(&config) == 0) return Failed("another version of it");
  config.quality = style.quality;
  config.method = style.effort;
  config.thread_level = 1;
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) return Failed("another version of it");
  const std::unique_ptr<WebPPicture, decltype(&WebPPictureFree)> freed(&picture, WebPPictureFree);
  picture.width = size.width;
  picture.height = size.height;
  if (!ImportPixels(thumbnails, style, columns, picture)) return Failed("out of memory");
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  const std::unique_ptr<WebPMemoryWriter, WriterFree> cleared(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  if (WebPEncode(&config, &picture) == 0) {
    return Failed(fmt::format("error {}", static_cast<int>(picture.error_code)).c_str());
  }
  return std::string(reinterpret_cast<const char*>(writer.mem), writer.size);
}

}  // namespace verger
