// jpeg_decoder.h: libjpeg-turbo without its longjmp, and with warnings that cost pixels as errors.
#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
// jpeglib.h needs size_t and FILE.
#include <jpeglib.h>

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/image/image.h"
#include "core/image/jpeg_frame.h"

namespace verger {

// Bytes of a photo, from `begin` to before `end`.
struct ByteRange {
  std::size_t begin;
  std::size_t end;
};

// Bytes that no row used, behind the data of scans.
struct StrayBytes {
  std::vector<ByteRange> repeated;  // one byte repeated; only as many ranges as are reserved
  std::size_t other = 0;            // how many bytes
};

// The error of a photo whose last rows are missing.
Error MissingRows();

// Decodes one JPEG, step by step: ReadHeader, ScaleBy, Start, ReadRows, Finish. A step that returns
// false, or 0 rows, has failed: error() says why, and no step may follow.
//
// libjpeg leaves by longjmp. It may only cross frames without destructors, so all that owns memory
// lives here, outside the functions that call setjmp.
class JpegDecoder {
 public:
  // `padding`: how many zeros the caller has inserted behind the data of each scan. `stray`:
  // output. All three are borrowed.
  JpegDecoder(Bytes photo, int max_scans, unsigned padding, StrayBytes& stray);
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  bool ReadHeader();

  // Lets all scans together read as many pixels as kScansOfLargest scans of `max_pixels`: each scan
  // goes over the whole photo again, however few bytes it has. Requires: ReadHeader() has
  // succeeded.
  void LimitScans(std::int64_t max_pixels);

  // Encoders write ten; tools that search for the smallest file no more than 64, of smaller photos.
  static constexpr std::int64_t kScansOfLargest = 16;

  // Lets the image have 1 / `divisor` of the photo's pixels along each side, rounded up.
  // Requires: 1, 2, 4 or 8; before Start().
  void ScaleBy(int divisor) { jpeg_.scale_denom = static_cast<unsigned>(divisor); }

  // Reads all scans where there are several. Errors: more than `max_scans`.
  bool Start();

  // Whether scans gave every bit of every coefficient. Requires: Start() has succeeded.
  bool HasAllScans() const;

  // Reads as many rows as libjpeg has ready, at most kRows, and returns their number; 0 if it
  // failed. Shape: rows of `row_bytes` bytes from `to`.
  int ReadRows(std::uint8_t* to, std::size_t row_bytes);

  bool Finish();

  static constexpr int kRows = 16;

  // Of the photo. Requires: ReadHeader() has succeeded.
  int width() const { return static_cast<int>(jpeg_.image_width); }
  int height() const { return static_cast<int>(jpeg_.image_height); }
  int components() const { return jpeg_.num_components; }
  bool IsArithmetic() const { return jpeg_.arith_code != FALSE; }

  // The EXIF of all APP1 segments before the first scan, joined; and the XMP of the last of them.
  // Requires: ReadHeader() has succeeded.
  std::vector<std::byte> Exif() const;
  std::string_view Xmp() const;

  // What ReadCoefficients() needs; nullopt for a photo that is not for it: of other codes than
  // Huffman's, samples of other than 8 bits, or colours other than grey, YCbCr and RGB.
  std::optional<JpegFrame> Frame() const;

  // Of LimitScans(), or what the caller has set.
  int max_scans() const { return max_scans_; }

  // What libjpeg keeps until the last scan: every coefficient of the photo, in whole groups of
  // blocks. 0 for a single scan, which is decoded as it is read.
  std::int64_t CoefficientBytes();

  // Of the image. Requires: Start() has succeeded.
  Size size() const {
    return {static_cast<int>(jpeg_.output_width), static_cast<int>(jpeg_.output_height)};
  }

  // How many scans left some of their padding.
  std::size_t padded_scans() const { return padded_scans_; }

  Error MissingScans() const;
  Error error();

 private:
  bool CostsPixels(jpeg_error_mgr& warning);
  bool IsPadding(jpeg_error_mgr& warning);
  bool StrayBytesCostRows(const jpeg_error_mgr& warning);
  [[noreturn]] static void Fail(j_common_ptr jpeg);

  const Bytes photo_;
  int max_scans_;
  std::int64_t scans_of_pixels_ = 0;  // the limit of pixels that max_scans_ follows from; 0: none
  const unsigned padding_;
  StrayBytes& stray_;
  std::size_t padded_scans_ = 0;
  bool at_end_ = false;         // of the bytes, before an end marker
  bool finishing_ = false;      // all rows are read
  bool has_more_rows_ = false;  // than the header says
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf failed_{};
  int code_ = 0;
  std::array<char, JMSG_LENGTH_MAX> message_{};
  std::array<JSAMPROW, kRows> rows_{};
};

}  // namespace verger
