// What parses as a cursor is written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "resume/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cursor = taskwire::parse_cursor(text);
  if (cursor && taskwire::to_string(*cursor) != text) std::abort();
  return 0;
}
