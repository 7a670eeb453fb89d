// Whatever the page is sent: it is refused or read, and reading it asks for nothing that is not there.
#include <cstddef>
#include <cstdint>

#include "view/json.h"

namespace {

void walk(const taskwire::view::Json& value) {
  (void)value.whole();
  (void)value["a"]["b"].text();
  for (const auto& item : value.items()) walk(item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = taskwire::view::Json::parse({reinterpret_cast<const char*>(data), size});
  if (value) walk(*value);
  return 0;
}
