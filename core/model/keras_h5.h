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

// The layers of one network, which may be a layer of another one.
struct KerasLayers {
  std::string model;               // the layer that it is; "" for the outermost
  std::vector<std::string> names;  // in the order of the file, weightless ones where it tells them
  std::map<std::string, std::map<std::string, std::string>> weights;  // layer -> weight -> path
  bool ordered = true;  // else `names` are sorted by class
};

// A weights file of Keras in either layout.
//
// Legacy (.h5): a group a layer, named by the root's attribute "layer_names"; a dataset a weight,
// named by the layer's "weight_names". Keras 3 (.weights.h5): a group a layer below "layers", its
// weights numbered below "vars", whose attribute "name" is the layer's.
//
// Nothing outside the bytes is ever read: external, soft and virtual links are
// refused. HDF5 is not safe from many threads, so one KerasH5 exists at a time:
// the next Open waits until it is destroyed.
class KerasH5 {
 public:
  // `file` is borrowed until the object is destroyed; `name` stands in errors. Of the networks in
  // the file the one counts that has a layer `first`; the outermost if there is none.
  //
  // Errors: kBadModel for a damaged file, for an HDF5 file that is not Keras's, and for one with
  //         two such networks.
  static Result<KerasH5> Open(Bytes file, const std::string& name, const std::string& first);

  // Returns a kBadModel that names the file.
  Error Bad(const std::string& what) const;

  // The network's description, JSON; "" if the file has none.
  std::string Config() const;

  const std::vector<std::string>& layers() const { return layers_.names; }
  // Layers in front of the network, by their names, where the file tells their order; inputs,
  // padding and random augmentation, which do nothing to features, are left out.
  const std::vector<std::string>& before() const { return before_; }
  bool ordered() const { return layers_.ordered; }
  bool HasLayer(const std::string& layer) const;
  bool HasWeight(const std::string& layer, const std::string& weight) const;

  // Returns the weight of `layer` whose name ends in /`weight` or /`weight`:0, row-major.
  //
  // Errors: kBadModel, with the layer, unless it is there as finite float32 of exactly `shape`;
  //         the shape is compared before anything is allocated.
  Result<std::vector<float>> Read(const std::string& layer, const std::string& weight,
                                  std::span<const hsize_t> shape) const;

 private:
  KerasH5(std::string name, std::unique_lock<std::mutex> lock);

  Result<std::vector<KerasLayers>> ReadLegacy() const;
  Result<Hdf5Handle> OpenDataset(const std::string& path) const;

  std::string name_;
  std::unique_lock<std::mutex> lock_;  // released after the handles below are closed
  Hdf5Handle file_;
  Hdf5Handle group_;  // that holds the layers
  KerasLayers layers_;
  std::vector<std::string> before_;
};

}  // namespace verger
