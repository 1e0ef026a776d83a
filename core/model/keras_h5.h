// keras_h5.h: arrays out of a Keras weights file in memory.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/model/hdf5_handle.h"

namespace verger {

// A weights file in Keras's legacy layout: a group a layer, named by the root's
// attribute "layer_names"; a dataset a weight, named by the layer's "weight_names".
//
// Nothing outside the bytes is ever read: external, soft and virtual links are
// refused. HDF5 is not safe from many threads, so one KerasH5 exists at a time:
// the next Open waits until it is destroyed.
class KerasH5 {
 public:
  // `file` is borrowed until the object is destroyed; `name` stands in errors.
  //
  // Errors: kBadModel for a damaged file and for an HDF5 file that is not Keras's.
  // Cost:   two copies of the file, which HDF5 makes.
  static Result<KerasH5> Open(Bytes file, const std::string& name);

  // Returns a kBadModel that names the file.
  Error Bad(const std::string& what) const;

  bool HasLayer(const std::string& layer) const { return layers_.contains(layer); }

  // Returns the weight of `layer` whose name ends in /`weight` or /`weight`:0, row-major.
  //
  // Errors: kBadModel, with the layer, unless it is there as finite float32 of exactly `shape`;
  //         the shape is compared before anything is allocated.
  Result<std::vector<float>> Read(const std::string& layer, const std::string& weight,
                                  std::span<const hsize_t> shape) const;

 private:
  KerasH5(std::string name, std::unique_lock<std::mutex> lock);

  Result<std::vector<std::string>> Names(hid_t object, const char* attribute) const;
  Result<Hdf5Handle> OpenDataset(const std::string& path) const;

  std::string name_;
  std::unique_lock<std::mutex> lock_;  // released after the handles below are closed
  Hdf5Handle file_;
  Hdf5Handle group_;                                        // that holds the layers
  std::map<std::string, std::vector<std::string>> layers_;  // layer -> its weights' names
};

}  // namespace verger
