#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "resume/ascii.h"
#include "view/json.h"

namespace taskwire::view {
namespace {

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned bits) { out += static_cast<char>(bits); };
  const auto rest = [&](unsigned shift) { byte(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0U | (code >> 6U));
    rest(0);
  } else if (code < 0x10000) {
    byte(0xE0U | (code >> 12U));
    rest(6);
    rest(0);
  } else {
    byte(0xF0U | (code >> 18U));
    rest(12);
    rest(6);
    rest(0);
  }
}

}  // namespace

/// Takes a value off the front of a text. Each function answers false where the text does not go on as it has to.
class Json::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take_value(Json& value, int depth) {
    skip_space();
    if (rest_.empty() || depth > kMaxDepth) return false;
    switch (rest_.front()) {
      case '{':
        value.kind_ = Kind::object;
        return take_items(value, '}', depth);
      case '[':
        value.kind_ = Kind::array;
        return take_items(value, ']', depth);
      case '"':
        value.kind_ = Kind::string;
        return take_string(value.text_);
      case 't':
        return take_word(value, "true", Kind::boolean);
      case 'f':
        return take_word(value, "false", Kind::boolean);
      case 'n':
        return take_word(value, "null", Kind::null);
      default:
        value.kind_ = Kind::number;
        return take_number(value.text_);
    }
  }

  bool is_at_end() {
    skip_space();
    return rest_.empty();
  }

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(Json& value, std::string_view word, Kind kind) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    value.kind_ = kind;
    if (kind == Kind::boolean) value.text_ = word;
    return true;
  }

  bool take_items(Json& value, char end, int depth) {
    rest_.remove_prefix(1);
    skip_space();
    if (take(end)) return true;
    for (;;) {
      Json& item = value.items_.emplace_back();
      if (value.kind_ == Kind::object && !take_name(item.name_)) return false;
      if (!take_value(item, depth + 1)) return false;
      skip_space();
      if (take(end)) return true;
      if (!take(',')) return false;
    }
  }

  bool take_name(std::string& name) {
    skip_space();
    if (!take_string(name)) return false;
    skip_space();
    return take(':');
  }

  bool take_digits(std::string& digits) {
    const std::size_t before = digits.size();
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) digits += rest_.front();
    return digits.size() > before;
  }

  bool take_number(std::string& digits) {
    if (take('-')) digits += '-';
    if (take('0')) {
      digits += '0';
    } else if (!take_digits(digits)) {
      return false;
    }
    if (take('.')) {
      digits += '.';
      if (!take_digits(digits)) return false;
    }
    if (!take('e') && !take('E')) return true;
    digits += 'e';
    if (take('-')) {
      digits += '-';
    } else if (take('+')) {
      digits += '+';
    }
    return take_digits(digits);
  }

  bool take_string(std::string& content) {
    if (!take('"')) return false;
    for (;;) {
      std::size_t plain = 0;
      while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
             static_cast<unsigned char>(rest_[plain]) >= 0x20) {
        ++plain;
      }
      content.append(rest_.substr(0, plain));
      rest_.remove_prefix(plain);
      if (take('"')) return true;
      if (!take('\\') || !take_escape(content)) return false;
    }
  }

  bool take_escape(std::string& content) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (take('u')) return take_code(content);
    const auto letter = rest_.empty() ? std::string_view::npos : kLetters.find(rest_.front());
    if (letter == std::string_view::npos) return false;
    content += kMeanings[letter];
    rest_.remove_prefix(1);
    return true;
  }

  /// What follows `\u`: a character, or the first half of one whose second half must follow.
  bool take_code(std::string& content) {
    unsigned code = 0;
    if (!take_hex(code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (code >= 0xD800 && code < 0xDC00) {
      unsigned low = 0;
      if (!take('\\') || !take('u') || !take_hex(low) || low < 0xDC00 || low >= 0xE000) return false;
      code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
    }
    append_utf8(content, code);
    return true;
  }

  bool take_hex(unsigned& code) {
    constexpr std::string_view kHex = "0123456789abcdef";
    if (rest_.size() < 4) return false;
    for (int i = 0; i < 4; ++i, rest_.remove_prefix(1)) {
      const auto digit = kHex.find(to_lower(rest_.front()));
      if (digit == std::string_view::npos) return false;
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return true;
  }

  std::string_view rest_;
};

std::optional<Json> Json::parse(std::string_view text) {
  Json value;
  Reader reader(text);
  if (!reader.take_value(value, 0) || !reader.is_at_end()) return std::nullopt;
  return value;
}

}  // namespace taskwire::view
