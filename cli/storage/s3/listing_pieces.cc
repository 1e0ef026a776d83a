#include "cli/storage/s3/listing_pieces.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/base/library.h"

namespace verger::cli {
namespace {

// Prefixes below one, beyond which its keys are listed as they come: a request each would cost
// more.
constexpr std::size_t kMaxPrefixes = 10'000;

// Joins neighbouring objects in one piece. Returns nothing where a prefix cuts files of one shot.
std::vector<ListingPiece> JoinObjects(std::vector<ListingPiece> pieces) {
  std::vector<ListingPiece> joined;
  std::string before;  // the last object
  for (ListingPiece& piece : pieces) {
    if (!piece.objects.empty()) {
      if (!before.empty() && joined.back().objects.empty() &&
          piece.prefix.starts_with(TextOf(verger_shot_prefix, Borrowed(before)))) {
        return {};
      }
      before = piece.prefix;
    }
    if (piece.objects.empty() || joined.empty() || joined.back().objects.empty()) {
      joined.push_back(std::move(piece));
    } else {
      joined.back().objects.push_back(std::move(piece.objects[0]));
    }
  }
  return joined;
}

// Objects right below `prefix` and the prefixes there, by their bytes; or `prefix` itself where
// there are too many, or where they must not be cut.
std::vector<ListingPiece> CutBelow(S3Client& client, const std::string& prefix,
                                   const std::string& excluded, bool* any) {
  std::vector<ListingPiece> pieces;
  std::string token;
  do {
    ObjectPage page = ListObjects(client, prefix, "/", token);
    for (S3Object& object : page.objects) {
      std::string key = object.key;
      pieces.push_back({std::move(key), {}});
      pieces.back().objects.push_back(std::move(object));
    }
    for (std::string& below : page.prefixes) {
      *any = true;
      if (below != excluded && below != prefix) pieces.push_back({std::move(below), {}});
    }
    token = std::move(page.next);
    if (pieces.size() > kMaxPrefixes) return {{prefix, {}}};
  } while (!token.empty());
  if (pieces.empty()) return {};
  std::stable_sort(pieces.begin(), pieces.end(), [](const ListingPiece& a, const ListingPiece& b) {
    return a.prefix < b.prefix;
  });
  std::vector<ListingPiece> joined = JoinObjects(std::move(pieces));
  if (joined.empty()) joined.push_back({prefix, {}});
  return joined;
}

}  // namespace

std::vector<ListingPiece> CutListing(S3Client& client, const std::string& start,
                                     const std::string& excluded, bool* any) {
  std::vector<ListingPiece> pieces = CutBelow(client, start, excluded, any);
  if (pieces.size() == 1 && pieces[0].prefix == start) return pieces;
  const auto prefixes = std::count_if(pieces.begin(), pieces.end(), [](const ListingPiece& piece) {
    return piece.objects.empty();
  });
  if (prefixes >= kConcurrentListings) return pieces;
  std::vector<ListingPiece> finer;
  for (ListingPiece& piece : pieces) {
    if (!piece.objects.empty()) {
      finer.push_back(std::move(piece));
      continue;
    }
    std::vector<ListingPiece> below = CutBelow(client, piece.prefix, excluded, any);
    std::move(below.begin(), below.end(), std::back_inserter(finer));
  }
  return finer;
}

}  // namespace verger::cli
