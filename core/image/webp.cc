#include "core/image/webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <new>
#include <string_view>

#include "core/image/content.h"
#include "core/image/orientation.h"

namespace verger {
namespace {

struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

using Demuxer = std::unique_ptr<WebPDemuxer, DeleteDemuxer>;

// libwebp calls photos damaged for which it has no memory, and its version 1.2.4 may read through a
// null pointer instead. So it is called where there is as much memory as it may take, and a photo
// is damaged if it is called so twice. Errors: std::bad_alloc.
void RequireMemory(std::size_t bytes) {
  void* const probe = WebPMalloc(bytes);
  if (probe == nullptr) throw std::bad_alloc();
  WebPFree(probe);
}

// Null for a damaged photo. Errors: std::bad_alloc.
Demuxer Demux(const WebPData& data) {
  Demuxer demuxer(WebPDemux(&data));
  if (demuxer != nullptr) return demuxer;
  RequireMemory(std::size_t{1} << 16);  // some hundred bytes a frame
  return Demuxer(WebPDemux(&data));
}

// Errors: std::bad_alloc.
VP8StatusCode DecodeFrame(const WebPIterator& frame, const WebPDecoderConfig& config) {
  const auto decode = [&] {
    // Of a lossless photo 4 bytes a pixel, and its tables.
    RequireMemory(std::size_t{4} * static_cast<std::size_t>(frame.width) *
                      static_cast<std::size_t>(frame.height) +
                  (std::size_t{4} << 20));
    WebPDecoderConfig own = config;
    const VP8StatusCode outcome = WebPDecode(frame.fragment.bytes, frame.fragment.size, &own);
    WebPFreeDecBuffer(&own.output);
    return outcome;
  };
  const VP8StatusCode outcome = decode();
  if (outcome == VP8_STATUS_OK || outcome == VP8_STATUS_OUT_OF_MEMORY) return outcome;
  return decode();
}

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
  const Demuxer demuxer = Demux(data);
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
  ReservePixels(decoded.image);
  decoded.image.pixels.resize(ByteCount(decoded.image.size));

  const std::size_t stride = std::size_t{3} * decoded.image.size.width;
  const std::size_t offset = stride * frame.y_offset + std::size_t{3} * frame.x_offset;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = decoded.image.pixels.data() + offset;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = decoded.image.pixels.size() - offset;
  outcome = DecodeFrame(frame, config);
  WebPDemuxReleaseIterator(&frame);
  if (outcome != VP8_STATUS_OK) {
    return BadPhoto("WebP", Reason(outcome));
  }
  return decoded;
}

}  // namespace verger
