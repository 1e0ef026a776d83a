#include "core/image/test_photos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
// jpeglib.h needs size_t and FILE.
#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

namespace verger {
namespace {

Photo Copy(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  return {bytes, bytes + size};
}

std::string BigEndian32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> shift & 0xFF);
  }
  return bytes;
}

std::uint32_t Crc32(std::string_view data) {
  std::uint32_t crc = ~0U;
  for (const char c : data) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return ~crc;
}

void Insert(Photo& photo, std::size_t at, std::string_view bytes) {
  const Photo inserted = ToPhoto(bytes);
  photo.insert(photo.begin() + static_cast<std::ptrdiff_t>(at), inserted.begin(), inserted.end());
}

}  // namespace

Image TestImage(Size size) {
  Image image{size, std::vector<std::uint8_t>(ByteCount(size))};
  std::size_t at = 0;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.pixels[at++] = static_cast<std::uint8_t>(x * (5 + c) + y * (11 - 3 * c) + 40 * c);
      }
    }
  }
  return image;
}

Photo ToPhoto(std::string_view bytes) { return Copy(bytes.data(), bytes.size()); }

namespace {

// `configure`: called with the jpeg_compress_struct after its defaults are set.
template <typename Configure>
Photo EncodeJpegWith(ImageView image, const Configure& configure) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.size.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.size.height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  configure(jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(image.pixels.data()) +
                std::size_t{3} * image.size.width * jpeg.next_scanline;
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Photo photo = Copy(data, size);
  std::free(data);
  return photo;
}

}  // namespace

Photo EncodeJpeg(ImageView image, bool progressive, bool arithmetic) {
  return EncodeJpegWith(image, [&](jpeg_compress_struct& jpeg) {
    jpeg.arith_code = static_cast<boolean>(arithmetic);
    if (progressive) jpeg_simple_progression(&jpeg);
  });
}

Photo EncodeJpeg(ImageView image, JpegSampling sampling, unsigned restart, bool progressive,
                 int quality) {
  return EncodeJpegWith(image, [&](jpeg_compress_struct& jpeg) {
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.comp_info[0].h_samp_factor = sampling.across;
    jpeg.comp_info[0].v_samp_factor = sampling.down;
    jpeg.restart_interval = restart;
    if (progressive) jpeg_simple_progression(&jpeg);
  });
}

Photo EncodeJpegOf190Scans(ImageView image) {
  std::vector<jpeg_scan_info> scans = {{3, {0, 1, 2}, 0, 0, 0, 0}};
  for (int component = 0; component < 3; ++component) {
    for (int k = 1; k < DCTSIZE2; ++k) scans.push_back({1, {component}, k, k, 0, 0});
  }
  return EncodeJpegWith(image, [&](jpeg_compress_struct& jpeg) {
    jpeg.scan_info = scans.data();
    jpeg.num_scans = static_cast<int>(scans.size());
  });
}

Photo EncodePng(ImageView image, bool interlaced) {
  std::string bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &bytes,
      [](png_structp writer, png_bytep data, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(writer))
            ->append(reinterpret_cast<const char*>(data), size);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.size.width),
               static_cast<png_uint_32>(image.size.height), 8, PNG_COLOR_TYPE_RGB,
               interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  const int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < image.size.height; ++y) {
      png_write_row(png, image.pixels.data() + std::size_t{3} * image.size.width * y);
    }
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return ToPhoto(bytes);
}

Photo EncodeWebp(ImageView image, bool lossless) {
  std::uint8_t* data = nullptr;
  const int width = image.size.width;
  const int height = image.size.height;
  const std::size_t size =
      lossless ? WebPEncodeLosslessRGB(image.pixels.data(), width, height, 3 * width, &data)
               : WebPEncodeRGB(image.pixels.data(), width, height, 3 * width, 75, &data);
  Photo photo = Copy(data, size);
  WebPFree(data);
  return photo;
}

Photo WithJpegSegment(const Photo& jpeg, unsigned marker, std::string_view payload) {
  std::string segment = "\xff";
  segment += static_cast<char>(marker);
  segment += BigEndian32(static_cast<std::uint32_t>(payload.size() + 2)).substr(2);
  segment += payload;
  Photo photo = jpeg;
  Insert(photo, 2, segment);
  return photo;
}

Photo WithPngChunk(const Photo& png, std::string_view name, std::string_view data) {
  const std::string body = std::string(name).append(data);
  Photo photo = png;
  constexpr std::size_t kBehindHeader = 8 + 4 + 4 + 13 + 4;
  Insert(photo, kBehindHeader,
         BigEndian32(static_cast<std::uint32_t>(data.size())) + body + BigEndian32(Crc32(body)));
  return photo;
}

Photo WithJpegSide(Photo jpeg, unsigned side) {
  const auto is_frame = [](std::byte code) {
    return code == std::byte{0xC0} || code == std::byte{0xC2} || code == std::byte{0xC9} ||
           code == std::byte{0xCA};
  };
  std::size_t at = 2;
  while (jpeg.at(at) != std::byte{0xFF} || !is_frame(jpeg.at(at + 1))) ++at;
  for (const std::size_t number : {at + 5, at + 7}) {
    jpeg.at(number) = static_cast<std::byte>(side >> 8);
    jpeg.at(number + 1) = static_cast<std::byte>(side & 0xFF);
  }
  jpeg.at(at + 11) = std::byte{0x11};  // samples of light to one of colour, across and down
  return jpeg;
}

Photo WithPngSize(const Photo& png, std::uint32_t width, std::uint32_t height) {
  constexpr std::size_t kHeader = 8 + 4;  // its name, 13 bytes, its checksum
  std::string header(reinterpret_cast<const char*>(png.data()) + kHeader, 4 + 13);
  header.replace(4, 8, BigEndian32(width) + BigEndian32(height));
  const Photo sized = ToPhoto(header + BigEndian32(Crc32(header)));
  Photo photo = png;
  std::copy(sized.begin(), sized.end(), photo.begin() + kHeader);
  return photo;
}

std::string ExifBlock(int orientation, bool big_endian) {
  using namespace std::string_literals;
  const char value = static_cast<char>(orientation);
  std::string exif = "Exif\0\0"s;
  if (big_endian) {
    exif += "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + value + "\0\0\0\0\0\0"s;
  } else {
    exif += "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + value + "\0\0\0\0\0\0\0"s;
  }
  return exif;
}

Result<Image> DecodeAtEveryScale(Bytes photo, const DecodeLimits& limits) {
  const Result<Image> exact = Decode(photo, limits);
  // Of photos with sides from 8 to 20 pixels: 1/8, 1/4, 1/2.
  for (const int side : {1, 3, 6}) {
    const Result<Image> smaller = Decode(photo, limits, {side, side});
    EXPECT_EQ(smaller.has_value(), exact.has_value()) << "at least " << side << " pixels";
    if (smaller) {
      EXPECT_EQ(smaller->pixels.size(), ByteCount(smaller->size));
    } else if (!exact) {
      EXPECT_EQ(smaller.error().message, exact.error().message);
    }
  }
  return exact;
}

}  // namespace verger
