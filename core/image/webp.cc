#include "core/image/webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <string_view>

#include "core/image/content.h"
#include "core/image/orientation.h"

namespace verger {
namespace {

struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

std::string_view Reason(VP8StatusCode outcome) {
  switch (outcome) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "ends before its last row";
    case VP8_STATUS_OUT_OF_MEMORY:
      return kOutOfMemory;
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "uses a feature that libwebp does not know";
    default:
      return "damaged";
  }
}

Bytes Chunk(const WebPDemuxer* demuxer, const char* name) {
  WebPChunkIterator chunk;
  Bytes bytes;
  if (WebPDemuxGetChunk(demuxer, name, 1, &chunk) != 0) {
    bytes = {reinterpret_cast<const std::byte*>(chunk.chunk.bytes), chunk.chunk.size};
  }
  WebPDemuxReleaseChunkIterator(&chunk);
  return bytes;
}

}  // namespace

Result<DecodedPhoto> DecodeWebp(Bytes photo, const DecodeLimits& limits) {
  const WebPData data{reinterpret_cast<const std::uint8_t*>(photo.data()), photo.size()};
  WebPDecoderConfig config;
  WebPInitDecoderConfig(&config);
  VP8StatusCode outcome = WebPGetFeatures(data.bytes, data.size, &config.input);
  if (outcome != VP8_STATUS_OK) {
    return BadPhoto("WebP", Reason(outcome));
  }
  VERGER_RETURN_IF_ERROR(
      CheckSize("WebP", config.input.width, config.input.height, photo.size(), limits));
  const std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer(WebPDemux(&data));
  WebPIterator frame{};
  if (demuxer == nullptr || WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0) {
    return BadPhoto("WebP", "cut short or damaged");
  }
  DecodedPhoto decoded;
  decoded.image.size = {static_cast<int>(WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH)),
                        static_cast<int>(WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT))};
  const Bytes xmp = Chunk(demuxer.get(), "XMP ");
  decoded.orientation = Orientation(Chunk(demuxer.get(), "EXIF"),
                                    {reinterpret_cast<const char*>(xmp.data()), xmp.size()});
  decoded.image.pixels.resize(ByteCount(decoded.image.size));

  const std::size_t stride = std::size_t{3} * decoded.image.size.width;
  const std::size_t offset = stride * frame.y_offset + std::size_t{3} * frame.x_offset;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = decoded.image.pixels.data() + offset;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = decoded.image.pixels.size() - offset;
  outcome = WebPDecode(frame.fragment.bytes, frame.fragment.size, &config);
  WebPFreeDecBuffer(&config.output);
  WebPDemuxReleaseIterator(&frame);
  if (outcome != VP8_STATUS_OK) {
    return BadPhoto("WebP", Reason(outcome));
  }
  return decoded;
}

}  // namespace verger
