#include "core/image/jpeg_frame.h"

#include <algorithm>

namespace verger {

int JpegFrame::unit_across() const {
  int most = 1;
  for (const Component& component : components) most = std::max(most, component.across);
  return most;
}

int JpegFrame::unit_down() const {
  int most = 1;
  for (const Component& component : components) most = std::max(most, component.down);
  return most;
}

Size JpegFrame::units() const {
  const int width = 8 * unit_across();
  const int height = 8 * unit_down();
  return {(size.width + width - 1) / width, (size.height + height - 1) / height};
}

}  // namespace verger
