#include "core/image/png.h"

#include <png.h>

#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/image/content.h"
#include "core/image/orientation.h"

namespace verger {
namespace {

// What an ancillary chunk may unpack to, and how many texts are kept: XMP is the largest we
// read, some hundred kilobytes; the product bounds what a bomb of texts can take.
constexpr png_alloc_size_t kMaxChunkBytes = png_alloc_size_t{4} << 20;
constexpr png_uint_32 kMaxTexts = 16;

constexpr std::size_t kReadAtOnce = 8192;  // libpng's choice

// Besides a chunk of the file: rows of the largest side, zlib's window, unpacked texts.
constexpr std::size_t kMostWorkBytes = std::size_t{16} << 20;

// A chunk that claims more bytes than there are, and any other end of the bytes.
constexpr const char* kCutShort = "ends before its last row";

// As libpng says it.
constexpr const char* kWrongSum = "IDAT: incorrect data check";

// libpng leaves by longjmp. It may only cross frames without destructors, so all that owns
// memory lives here, outside the functions that call setjmp: DecodePng() owns the Decoder.
class Decoder {
 public:
  // `careful`: reads the last bytes one by one. libpng reads more than zlib asks for, so that a
  // photo may seem cut short whose rows are all there.
  Decoder(Bytes photo, bool careful)
      : left_(photo), most_bytes_(photo.size() + kMostWorkBytes), careful_(careful) {}
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool ReadHeader() {
    png_ =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, this, &Fail, &Warn, this, &Allocate, &Free);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      SetMessage(kOutOfMemory);
      return false;
    }
    if (setjmp(failed_) != 0) {
      return false;
    }
    png_set_read_fn(png_, this, &Read);
    png_set_chunk_malloc_max(png_, kMaxChunkBytes);
    png_set_chunk_cache_max(png_, kMaxTexts);
    // The size is ours to limit: CheckSize() says which limit and how far beyond.
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Some encoders tell zlib of a smaller window than their data needs.
    png_set_option(png_, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
    // Never unpacked: colour is not managed, and libpng reads profiles with many complaints.
    static constexpr std::array<png_byte, 15> kUnread = {'i', 'C', 'C', 'P', 0,   's', 'P', 'L',
                                                         'T', 0,   'h', 'I', 'S', 'T', 0};
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, kUnread.data(), 3);
    png_read_info(png_, info_);
    return true;
  }

  // Sets up the conversion to 8-bit RGB. Returns the number of passes, 0 if it failed.
  int Start() {
    if (setjmp(failed_) != 0) {
      return 0;
    }
    // The header is read, so this is about pixels alone. zlib has a checksum of its own for them.
    png_set_crc_action(png_, PNG_CRC_WARN_USE, PNG_CRC_DEFAULT);
    png_set_strip_16(png_);     // the high byte, as Pillow does
    png_set_expand(png_);       // palette, 1, 2 and 4 bits
    png_set_strip_alpha(png_);  // dropped, not blended, as Pillow does
    png_set_gray_to_rgb(png_);
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != std::size_t{3} * png_get_image_width(png_, info_)) {
      png_error(png_, "no conversion to RGB");
    }
    return passes;
  }

  bool ReadRow(std::uint8_t* to) {
    if (setjmp(failed_) != 0) {
      return HasAllRows();  // behind the last one libpng reads on, to the end of its chunk
    }
    if (careful_ && left_.size() < 2 * (kReadAtOnce + png_get_rowbytes(png_, info_))) {
      png_set_compression_buffer_size(png_, 1);
    }
    png_read_row(png_, to, nullptr);
    return true;
  }

  // Reads what follows the pixels, as far as it can be read.
  void Finish() {
    if (setjmp(failed_) == 0) {
      png_read_end(png_, info_);
    }
  }

  // Whether zlib's checksum is wrong. Known where all rows were read.
  bool IsDamaged() const { return damaged_; }
  // Whether an allocation failed. libpng goes on without the chunk that it was for: the
  // orientation.
  bool HadNoMemory() const { return no_memory_; }
  // Whether a read failed for want of bytes.
  bool IsCut() const { return cut_; }

  std::int64_t width() const { return png_get_image_width(png_, info_); }
  std::int64_t height() const { return png_get_image_height(png_, info_); }
  Error error() const { return BadPhoto("PNG", message_.data()); }

  int ReadOrientation() const {
    png_uint_32 size = 0;
    png_bytep data = nullptr;
    std::vector<std::byte> exif;
    if (png_get_eXIf_1(png_, info_, &size, &data) != 0) {
      const auto* bytes = reinterpret_cast<const std::byte*>(data);
      exif.assign(bytes, bytes + size);
    } else {
      exif = RawProfile(Text("Raw profile type exif"));
    }
    return Orientation(exif, Text("XML:com.adobe.xmp"));
  }

 private:
  [[noreturn]] static void Fail(png_structp png, const char* message) {
    auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
    decoder->SetMessage(decoder->no_memory_ ? kOutOfMemory : std::string_view(message));
    std::longjmp(decoder->failed_, 1);
  }

  static void Warn(png_structp png, const char* message) {
    auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
    decoder->damaged_ |= std::strcmp(message, kWrongSum) == 0;
  }

  // libpng only warns of a chunk beyond kMaxChunkBytes, and allocates what it claims.
  static png_voidp Allocate(png_structp png, png_alloc_size_t size) {
    auto* decoder = static_cast<Decoder*>(png_get_mem_ptr(png));
    if (size > decoder->most_bytes_ && decoder->png_ != nullptr) {
      decoder->cut_ = true;
      png_error(png, kCutShort);
    }
    void* const block = size > decoder->most_bytes_ ? nullptr : std::malloc(size);
    if (block == nullptr) decoder->no_memory_ = true;
    return block;
  }

  static void Free(png_structp, png_voidp memory) { std::free(memory); }

  // Rows are counted from 0 in each pass, of which an interlaced photo has 7.
  bool HasAllRows() const {
    return png_get_interlace_type(png_, info_) == PNG_INTERLACE_NONE
               ? png_get_current_row_number(png_) >= png_get_image_height(png_, info_)
               : png_get_current_pass_number(png_) >= PNG_INTERLACE_ADAM7_PASSES;
  }

  void SetMessage(std::string_view text) {
    message_[text.copy(message_.data(), message_.size() - 1)] = '\0';
  }

  static void Read(png_structp png, png_bytep to, std::size_t size) {
    auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
    if (decoder->left_.size() < size) {
      decoder->cut_ = true;
      png_error(png, kCutShort);
    }
    std::memcpy(to, decoder->left_.data(), size);
    decoder->left_ = decoder->left_.subspan(size);
  }

  // The last text with this keyword, as in Pillow.
  std::string_view Text(std::string_view keyword) const {
    png_textp texts = nullptr;
    int count = 0;
    png_get_text(png_, info_, &texts, &count);
    for (int i = count - 1; i >= 0; --i) {
      if (texts[i].key == keyword) {
        return {texts[i].text, texts[i].text_length + texts[i].itxt_length};
      }
    }
    return {};
  }

  // ImageMagick's older way to store EXIF: a newline, a name, a length, then hexadecimal lines.
  static std::vector<std::byte> RawProfile(std::string_view text) {
    for (int line = 0; line < 3; ++line) {
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) {
        return {};
      }
      text.remove_prefix(end + 1);
    }
    std::vector<std::byte> bytes;
    int digits = 0;
    unsigned value = 0;
    for (const char c : text) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const std::size_t digit = kDigits.find(static_cast<char>(c | 0x20));
      if (digit == std::string_view::npos) {
        continue;
      }
      value = value << 4 | static_cast<unsigned>(digit);
      if (++digits % 2 == 0) {
        bytes.push_back(static_cast<std::byte>(value & 0xFF));
      }
    }
    return bytes;
  }

  Bytes left_;
  std::size_t most_bytes_;  // of one allocation
  bool careful_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf failed_{};
  bool damaged_ = false;
  bool no_memory_ = false;
  bool cut_ = false;
  std::array<char, 128> message_{};
};

Result<DecodedPhoto> Decode(Decoder& decoder, std::size_t bytes, const DecodeLimits& limits) {
  if (!decoder.ReadHeader()) {
    return decoder.error();
  }
  VERGER_RETURN_IF_ERROR(CheckSize("PNG", decoder.width(), decoder.height(), bytes, limits));
  const int passes = decoder.Start();
  if (passes == 0) {
    return decoder.error();
  }
  DecodedPhoto decoded;
  decoded.image.size = {static_cast<int>(decoder.width()), static_cast<int>(decoder.height())};
  const std::size_t row_bytes = std::size_t{3} * decoded.image.size.width;
  std::vector<std::uint8_t>& pixels = decoded.image.pixels;
  ReservePixels(decoded.image);
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < decoded.image.size.height; ++y) {
      // The image grows with the rows that are really there, as in jpeg.cc.
      if (pass == 0) {
        pixels.resize(row_bytes * (y + 1));
      }
      if (!decoder.ReadRow(pixels.data() + row_bytes * y)) {
        return decoder.error();
      }
    }
  }
  decoder.Finish();
  if (decoder.HadNoMemory()) {
    return BadPhoto("PNG", kOutOfMemory);
  }
  if (decoder.IsDamaged()) {
    return BadPhoto("PNG", kWrongSum);
  }
  decoded.orientation = decoder.ReadOrientation();
  return decoded;
}

}  // namespace

Result<DecodedPhoto> DecodePng(Bytes photo, const DecodeLimits& limits) {
  Decoder decoder(photo, false);
  Result<DecodedPhoto> decoded = Decode(decoder, photo.size(), limits);
  if (decoded || !decoder.IsCut()) {
    return decoded;
  }
  Decoder careful(photo, true);
  return Decode(careful, photo.size(), limits);
}

}  // namespace verger
