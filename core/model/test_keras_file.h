// test_keras_file.h: Keras weights files for tests, of the right shape but hardly any bytes.
#pragma once

#include <hdf5.h>

#include <functional>
#include <string>
#include <vector>

namespace verger::test_keras_file {

struct Weight {
  std::string name;  // e.g. "kernel"
  std::vector<hsize_t> shape;
  float value;  // of every element; stored once
};
struct Layer {
  std::string name;
  std::vector<Weight> weights;
};

// Every layer of Keras's ResNet50 that has weights, and one that has none.
std::vector<Layer> ResNet50();

enum class Names {
  kFixedWithSuffix,  // as in the official file: fixed-length text, "kernel:0"
  kVariable,         // as Keras 3 writes them: variable-length text, "kernel"
};

struct Options {
  Names names = Names::kFixedWithSuffix;
  bool whole_model = false;                       // weights one group deeper
  std::function<void(hid_t root)> sabotage = {};  // applied last, while the file is open
};

// Returns the bytes of a weights file in Keras's legacy layout.
std::string Make(const std::vector<Layer>& layers, const Options& options = {});

// Creates the attribute `attribute` of `object`, a list of texts.
void WriteNames(hid_t object, const char* attribute, const std::vector<std::string>& names,
                Names style);

// Creates the dataset `path`, every element `value`, without storing them.
void WriteFilled(hid_t parent, const std::string& path, const std::vector<hsize_t>& shape,
                 hid_t type, double value);

}  // namespace verger::test_keras_file
