#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace taskwire {

/// Bytes that `text`, UTF-8, takes at most in a string of JSON as JsonWriter writes it.
[[nodiscard]] std::size_t json_size(std::string_view text);

/// Appends JSON (RFC 8259) to a string, without spaces, keys in the order they are written. Commas are its business,
/// nesting the caller's. Not thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  /// Text must be UTF-8. What ends a line somewhere, U+0085, U+2028 and U+2029 among it, is escaped.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(std::int64_t number);
  /// A whole number within ±2^53 is written without fraction; what JSON cannot say becomes null.
  JsonWriter& value(double number);
  JsonWriter& value(bool yes);
  JsonWriter& null();
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  JsonWriter& member(std::string_view name, const char* text) { return key(name).value(std::string_view(text)); }

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace taskwire
