#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace taskwire::tail {

/// The lines at the end of a terminal that are redrawn in place. Says what has to be written; does not write. Not
/// thread-safe.
class Screen {
 public:
  /// The bytes that replace the frame drawn last by `frame`, with the lines `above` before it, which stay for good.
  /// `columns`: of the terminal; no line of `frame` is wider than one less, and the frame is no higher than the
  /// terminal.
  [[nodiscard]] std::string draw(std::span<const std::string> above, std::span<const std::string> frame, int columns);

  /// What was drawn is not ours any more: something else has written since.
  void forget() { lines_ = 0; }

 private:
  std::size_t lines_ = 0;  // of the frame on the terminal; the cursor is at the end of the last
  int columns_ = 0;        // of the terminal when that was drawn
};

}  // namespace taskwire::tail
