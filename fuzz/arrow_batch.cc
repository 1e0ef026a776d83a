// arrow_batch.cc: columns that callers pass through verger.h.
//
// Arrow's structs are pointers, and a length that lies cannot be seen. So the input decides about
// formats, counts, offsets, nulls and values, and the buffers are just as long as Arrow asks for:
// a read beyond them is a finding.
#include <array>
#include <memory>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "fuzz/input.h"

namespace {

using verger::fuzz::Numbers;

constexpr std::array<const char*, 10> kFormats = {"z", "Z", "u", "U",    "l",
                                                  "i", "b", "f", "tsu:", "+l"};
constexpr int kMostRows = 9;

// An array and its schema, which own what they point to.
struct Column {
  ArrowArray array{};
  ArrowSchema schema{};
  std::array<std::vector<std::uint8_t>, 3> bytes;
  std::array<const void*, 3> buffers{};
  std::unique_ptr<Column> child;
  std::array<ArrowArray*, 1> child_arrays{};
  std::array<ArrowSchema*, 1> child_schemas{};
};

void Keep(ArrowArray*) {}
void KeepSchema(ArrowSchema*) {}

// As many bytes as `count` values of `bits` bits take.
std::size_t BytesFor(std::int64_t count, std::int64_t bits) {
  return static_cast<std::size_t>((count * bits + 7) / 8);
}

void FillBytes(Numbers& numbers, std::vector<std::uint8_t>& bytes) {
  for (std::uint8_t& byte : bytes) byte = numbers.Take<std::uint8_t>();
}

// Offsets of `positions` values in a buffer of `most`; of text Arrow does not say how long that is,
// so that none may point behind it.
template <typename Offset>
std::vector<std::uint8_t> Offsets(Numbers& numbers, std::int64_t positions, int most, bool lie) {
  std::vector<Offset> offsets;
  for (std::int64_t at = 0; at < positions; ++at) {
    const auto any = numbers.Take<std::int16_t>();
    offsets.push_back(static_cast<Offset>(lie ? any : any % (most + 1)));
  }
  std::vector<std::uint8_t> bytes(offsets.size() * sizeof(Offset));
  if (!bytes.empty()) std::memcpy(bytes.data(), offsets.data(), bytes.size());
  return bytes;
}

std::unique_ptr<Column> MakeColumn(Numbers& numbers, const char* name, int rows, bool nested) {
  auto column = std::make_unique<Column>();
  ArrowArray& array = column->array;
  array.length = rows + numbers.Between(0, 2);
  array.offset = numbers.Between(0, 9);
  array.null_count = numbers.Between(-1, 2);
  const std::string_view format =
      nested ? "f" : kFormats[static_cast<std::size_t>(numbers.Between(0, 9))];
  column->schema = {format.data(), name, nullptr, 0, 0, nullptr, nullptr, KeepSchema, nullptr};
  const std::int64_t values = array.length + array.offset;
  column->bytes[0].resize(BytesFor(values, 1));
  FillBytes(numbers, column->bytes[0]);
  array.n_buffers = 2;
  const bool large = format == "Z" || format == "U";
  const bool list = format == "+l";
  if (list || large || format == "z" || format == "u") {
    const int length = numbers.Between(0, 40);
    column->bytes[1] = large ? Offsets<std::int64_t>(numbers, values + 1, length, false)
                             : Offsets<std::int32_t>(numbers, values + 1, length, list);
    column->bytes[2].resize(list ? 0 : static_cast<std::size_t>(length));
    array.n_buffers = list ? 2 : 3;
  } else {
    column->bytes[1].resize(BytesFor(values, format == "b"                    ? 1
                                             : format == "i" || format == "f" ? 32
                                                                              : 64));
    FillBytes(numbers, column->bytes[1]);
  }
  for (std::size_t at = 0; at < 3; ++at) {
    if (!column->bytes[at].empty() && numbers.Between(0, 15) != 0) {
      column->buffers[at] = column->bytes[at].data();
    }
  }
  array.buffers = column->buffers.data();
  if (list) {
    column->child = MakeColumn(numbers, "item", numbers.Between(0, 40), true);
    column->child_arrays = {&column->child->array};
    column->child_schemas = {&column->child->schema};
    array.n_children = column->schema.n_children = 1;
    array.children = column->child_arrays.data();
    column->schema.children = column->child_schemas.data();
  }
  array.release = Keep;
  return column;
}

// Reads every row of every reading of `name`.
void ReadColumn(const ArrowArray* batch, const ArrowSchema* schema, const char* name) {
  std::size_t bytes = 0;
  if (const auto text = verger::abi::TextColumn::Find(batch, schema, name)) {
    for (std::int64_t row = 0; row < text->length(); ++row) {
      for (const char c : (*text)[row]) bytes += static_cast<unsigned char>(c);
    }
    if (const auto view = text->view()) {
      for (std::int64_t row = 0; row < text->length(); ++row) bytes += (*view)[row].size();
    }
  }
  if (const auto number = verger::abi::NumberColumn::Find(batch, schema, name)) {
    for (std::int64_t row = 0; row < number->length(); ++row) {
      bytes += static_cast<std::size_t>((*number)[row]);
    }
    if (const auto view = number->view()) {
      for (std::int64_t row = 0; row < number->length(); ++row) {
        bytes += static_cast<std::size_t>((*view)[row]);
      }
    }
  }
  [[maybe_unused]] static volatile std::size_t sink;
  sink = bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  Numbers numbers(fuzz::AsBytes(data, size));
  ArrowArray batch{};
  ArrowSchema schema{};
  batch.length = numbers.Between(0, kMostRows);
  batch.offset = numbers.Between(0, 3);
  batch.null_count = numbers.Between(-1, 1);
  std::vector<std::uint8_t> valid(BytesFor(batch.length + batch.offset, 1));
  FillBytes(numbers, valid);
  const void* buffers[1] = {valid.empty() || numbers.Between(0, 3) == 0 ? nullptr : valid.data()};
  batch.buffers = buffers;
  batch.n_buffers = 1;
  const int rows = static_cast<int>(batch.length + batch.offset);
  std::vector<std::unique_ptr<Column>> columns;
  for (const char* name : {"content", "features", "path"}) {
    columns.push_back(MakeColumn(numbers, name, rows, false));
  }
  std::array<ArrowArray*, 3> arrays{};
  std::array<ArrowSchema*, 3> schemas{};
  for (std::size_t at = 0; at < columns.size(); ++at) {
    arrays[at] = &columns[at]->array;
    schemas[at] = &columns[at]->schema;
  }
  batch.n_children = schema.n_children = 3;
  batch.children = arrays.data();
  schema.children = schemas.data();
  schema.format = "+s";
  batch.release = Keep;
  schema.release = KeepSchema;

  if (const auto photos = abi::ReadPhotos(&batch, &schema)) {
    VERGER_FUZZ_REQUIRE(static_cast<std::int64_t>(photos->size()) == batch.length);
    for (const Bytes photo : *photos) static_cast<void>(std::string(photo.size(), 'a'));
  }
  for (const int dimension : {1, 3}) {
    const auto features = abi::ReadFeatures(&batch, &schema, dimension, true);
    if (!features) continue;
    std::vector<float> storage;
    float sum = 0;
    for (const float value : features->Contiguous(storage)) sum += value;
    VERGER_FUZZ_REQUIRE(features->rows.size() == features->values.size());
    [[maybe_unused]] static volatile float sink;
    sink = sum;
  }
  for (const char* name : {"content", "features", "path"}) ReadColumn(&batch, &schema, name);
  return 0;
}
