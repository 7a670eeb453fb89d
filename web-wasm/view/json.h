#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskwire::view {

/// A JSON value (RFC 8259), as it was read.
///
/// Numbers keep the digits they came with and objects their order, so that nothing is rounded or rearranged on its way
/// to the screen. Asking for what is not there is no error: the answer is the null value, an empty text, nothing. Own
/// code, because the page is loaded by every user: the usual library would make it a third larger.
class Json {
 public:
  enum class Kind { null, boolean, number, string, array, object };

  /// Values nested deeper than this are refused.
  static constexpr int kMaxDepth = 128;

  /// The value that `text` spells, or nothing where it is not exactly one.
  [[nodiscard]] static std::optional<Json> parse(std::string_view text);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is(Kind kind) const { return kind_ == kind; }

  /// A member of an object, the first of that name.
  [[nodiscard]] const Json& operator[](std::string_view name) const;
  /// The elements of an array, or the members of an object.
  [[nodiscard]] const std::vector<Json>& items() const { return items_; }
  /// The name that this has as a member of an object.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The content of a string, or the digits of a number.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// A number as 64-bit integer; nothing where it has a fraction or an exponent, or does not fit.
  [[nodiscard]] std::optional<std::int64_t> whole() const;
  /// A number, to about 15 digits.
  [[nodiscard]] std::optional<double> number() const;

  /// As JSON for people: a member a line, two spaces of indentation a level.
  [[nodiscard]] std::string indented() const;
  /// As JSON without spaces.
  [[nodiscard]] std::string compact() const;

 private:
  class Reader;

  void write(std::string& out, int level) const;

  Kind kind_ = Kind::null;
  std::string name_;
  std::string text_;  // content, digits, or the word of a boolean
  std::vector<Json> items_;
};

/// `text` as a JSON string, with its quotation marks. What `marked` would replace is escaped.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace taskwire::view
