#include "http/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "resume/ascii.h"
#include "text/eight_bytes.h"
#include "text/utf8.h"

namespace taskwire::edge {
namespace {

using nlohmann::json;

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

bool is_c0(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

/// In the bytes of UTF-8, a surrogate too, so that every key can be compared.
void append_code_point(std::string& out, unsigned code) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// How many of the first eight bytes of `text` a string has as they are, each a character.
std::size_t plain_of_eight(std::string_view text) {
  const EightBytes eight(text);
  const auto marks = eight.below(' ') | eight.from(0x80) | eight.equal('"') | eight.equal('\\');
  return std::min(EightBytes::before(marks), text.size());
}

/// What a character stands for behind a backslash; NUL where it is no escape by itself.
char meaning_of(char name) {
  switch (name) {
    case 'n':
      return '\n';
    case '"':
    case '\\':
    case '/':
      return name;
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return '\0';
  }
}

/// Descends into a text; every part answers whether it was there, leaves `at_` behind it, and puts what it spells into
/// `into`, where that is asked for.
class Reader {
 public:
  Reader(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  Result<JsonText> read(json* into) {
    skip_blanks();
    if (!read_value(0, into)) return refuse(Reason::invalid_json, why());
    skip_blanks();
    if (at_ < text_.size()) return refuse(Reason::invalid_json, why());
    return found_;
  }

 private:
  [[nodiscard]] std::string why() const {
    if (!why_.empty()) return why_;
    return "This is not valid JSON in UTF-8, from byte " + std::to_string(at_ + 1) + " on.";
  }
  bool fail(std::string why) {
    why_ = std::move(why);
    return false;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool take_word(std::string_view word, json* into, const json& meaning) {
    if (!take_word(word)) return false;
    if (into != nullptr) *into = meaning;
    return true;
  }
  bool take_digits() {
    const auto begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ > begin;
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool read_value(int depth, json* into) {
    switch (peek()) {
      case '{':
      case '[':
        if (depth == max_depth_) return fail("The JSON is nested more than " + std::to_string(max_depth_) + " deep.");
        return peek() == '{' ? read_object(depth + 1, into) : read_array(depth + 1, into);
      case '"':
        if (into == nullptr) return read_string(nullptr);
        *into = json::value_t::string;
        return read_string(into->get_ptr<std::string*>());
      case 't':
        return take_word("true", into, true);
      case 'f':
        return take_word("false", into, false);
      case 'n':
        return take_word("null", into, nullptr);
      default:
        return read_number(into);
    }
  }

  bool read_array(int depth, json* into) {
    take('[');
    if (into != nullptr) *into = json::array();
    skip_blanks();
    if (take(']')) return true;
    do {
      skip_blanks();
      if (!read_value(depth, into != nullptr ? &into->emplace_back() : nullptr)) return false;
      skip_blanks();
    } while (take(','));
    return take(']');
  }

  bool read_object(int depth, json* into) {
    take('{');
    if (into != nullptr) *into = json::object();
    skip_blanks();
    if (take('}')) return true;
    std::vector<std::string> keys;
    do {
      skip_blanks();
      if (!read_string(&keys.emplace_back())) return false;
      skip_blanks();
      if (!take(':')) return false;
      skip_blanks();
      if (!read_value(depth, into != nullptr ? &(*into)[keys.back()] : nullptr)) return false;
      skip_blanks();
    } while (take(','));
    return take('}') && are_different(keys);
  }

  bool are_different(std::vector<std::string>& keys) {
    constexpr std::size_t kMostKeyShown = 64;
    // Sorted, since a hash table could be made slow by chosen keys.
    std::sort(keys.begin(), keys.end());
    const auto same = std::adjacent_find(keys.begin(), keys.end());
    if (same == keys.end()) return true;
    const std::string key = same->size() <= kMostKeyShown && is_utf8(*same) ? "The key \"" + *same + "\"" : "A key";
    return fail(key + " comes twice in one object of the JSON. Send each once.");
  }

  /// Appends what the string spells to `content`, if there is one.
  bool read_string(std::string* content) {
    if (!take('"')) return false;
    std::array<char, 1024> piece;
    std::size_t size = 0;
    const auto give = [&] {
      if (content != nullptr) content->append(piece.data(), size);
      size = 0;
    };
    while (true) {
      if (size + 2 * EightBytes::kSize > piece.size()) give();
      const auto rest = text_.substr(at_);
      rest.copy(piece.data() + size, EightBytes::kSize);  // what is not plain is written over
      const auto plain = plain_of_eight(rest);
      size += plain;
      at_ += plain;
      if (plain == EightBytes::kSize) continue;
      if (take('"')) break;
      if (take('\\')) {
        const char meaning = meaning_of(peek());
        if (meaning == '\0') {
          give();
          if (!read_code(content)) return false;
        } else {
          piece[size++] = meaning;
          ++at_;
        }
        continue;
      }
      const auto character = text_.substr(at_);
      const auto length = character.empty() || is_c0(character.front()) ? 0 : utf8_length(character);
      if (length == 0) return false;
      size += character.copy(piece.data() + size, length);
      at_ += length;
    }
    give();
    return true;
  }

  /// What stands behind a backslash and is no character's name: `u` and four digits, twice where they are a pair.
  bool read_code(std::string* content) {
    if (!take('u')) return false;
    auto code = read_unit();
    if (!code) return false;
    if (is_high_surrogate(*code)) {
      const auto behind = at_;
      const auto low = take_word("\\u") ? read_unit() : std::nullopt;
      if (low && is_low_surrogate(*low)) {
        code = 0x10000U + ((*code - 0xD800U) << 10U) + (*low - 0xDC00U);
      } else {
        at_ = behind;
      }
    }
    found_.has_lone_surrogate |= is_high_surrogate(*code) || is_low_surrogate(*code);
    if (content != nullptr) append_code_point(*content, *code);
    return true;
  }

  /// The four digits of `\u`.
  std::optional<unsigned> read_unit() {
    constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    constexpr std::size_t kCount = 4;
    const auto digits = text_.substr(at_, kCount);
    if (digits.size() < kCount || digits.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
    at_ += kCount;
    return static_cast<unsigned>(std::stoul(std::string(digits), nullptr, 16));
  }

  bool read_number(json* into) {
    const auto begin = at_;
    if (!pass_number()) return false;
    const auto text = text_.substr(begin, at_ - begin);
    if (into == nullptr || read_whole<std::uint64_t>(text, *into) || read_whole<std::int64_t>(text, *into)) return true;
    *into = json::parse(text, nullptr, false);
    found_.has_too_large_number |= into->is_discarded();
    return true;
  }

  template <class Number>
  static bool read_whole(std::string_view text, json& into) {
    Number number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end) return false;
    into = number;
    return true;
  }

  bool pass_number() {
    take('-');
    if (!take('0') && !take_digits()) return false;
    if (take('.') && !take_digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return take_digits();
  }

  std::string_view text_;
  int max_depth_;
  std::size_t at_ = 0;
  std::string why_;
  JsonText found_;
};

}  // namespace

Result<JsonText> read_json(std::string_view text, int max_depth, json* into) {
  if (text.starts_with("\xEF\xBB\xBF"))
    return refuse(Reason::invalid_json, "The JSON begins with a byte order mark. Leave it out.");
  return Reader(text, max_depth).read(into);
}

}  // namespace taskwire::edge
