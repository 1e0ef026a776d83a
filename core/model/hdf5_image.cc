#include "core/model/hdf5_image.h"

#include <cstring>

namespace verger {
namespace {

// What HDF5 calls to get, fill, grow and free its copies of the image. It is open for reading only,
// so that they can all be the image itself; one that is to grow is refused.

void* Borrow(std::size_t, H5FD_file_image_op_t, void* image) { return image; }

void* CopyUnlessSame(void* to, const void* from, std::size_t size, H5FD_file_image_op_t, void*) {
  return to == from ? to : std::memcpy(to, from, size);
}

void* RefuseToGrow(void*, std::size_t, H5FD_file_image_op_t, void*) { return nullptr; }

herr_t Leave(void*, H5FD_file_image_op_t, void*) { return 0; }

void* Share(void* image) { return image; }

herr_t LeaveShared(void*) { return 0; }

}  // namespace

Hdf5Handle OpenHdf5(Bytes file) {
  // HDF5 only reads from the image, whatever its signature says.
  void* image = const_cast<std::byte*>(file.data());
  H5FD_file_image_callbacks_t callbacks{Borrow, CopyUnlessSame, RefuseToGrow, Leave,
                                        Share,  LeaveShared,    image};
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS));
  if (!access || H5Pset_fapl_core(access.get(), std::size_t{1} << 20, false) < 0 ||
      H5Pset_file_image_callbacks(access.get(), &callbacks) < 0 ||
      H5Pset_file_image(access.get(), image, file.size()) < 0) {
    return Hdf5Handle();
  }
  return Hdf5Handle(H5Fopen("verger-model", H5F_ACC_RDONLY, access.get()));
}

}  // namespace verger
