// hdf5_image.h: an HDF5 file read where it lies in memory.
#pragma once

#include "core/base/bytes.h"
#include "core/model/hdf5_handle.h"

namespace verger {

// Opens `file`, which must outlive the handle, for reading. HDF5 by itself would copy it twice: 190
// MB and a tenth of a second for the weights of ResNet-50.
//
// Returns no handle if it is not a whole HDF5 file, or memory does not suffice.
Hdf5Handle OpenHdf5(Bytes file);

}  // namespace verger
