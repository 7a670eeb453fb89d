#pragma once

#include <string>

namespace taskwire {

/// Makes text of bytes as they come: what is no UTF-8 becomes U+FFFD. A character that is cut waits for its rest. Not
/// thread-safe.
class Utf8Cleaner {
 public:
  /// The text that `bytes` complete.
  [[nodiscard]] std::string clean(std::string bytes);
  /// What waits for a rest that will not come.
  [[nodiscard]] std::string finish();

 private:
  std::string rest_;  // the beginning of a character
};

}  // namespace taskwire
