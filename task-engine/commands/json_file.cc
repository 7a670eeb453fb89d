#include "commands/json_file.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

namespace taskwire::engine {
namespace {

/// Counts the lines of what a parser takes, which reads a byte ahead after a number.
struct Lines {
  int now = 1;
  int before = 1;  ///< Without the last byte that was taken.
};

/// Hands out bytes, and counts the lines that they end.
class Bytes {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Bytes(const char* at, Lines* lines) : at_(at), lines_(lines) {}
  reference operator*() const { return *at_; }
  Bytes& operator++() {
    lines_->before = lines_->now;
    if (*at_ == '\n') ++lines_->now;
    ++at_;
    return *this;
  }
  Bytes operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Bytes& a, const Bytes& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  Lines* lines_;
};

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump();
}

tl::unexpected<Error> wrong_in(int line, const std::string& what) {
  return refuse(Reason::cannot_start, "line " + std::to_string(line) + ": " + what);
}

/// Builds the value while it is parsed.
class Builder {
 public:
  explicit Builder(const Lines& lines) : lines_(lines) {}

  bool null() { return add(JsonKind::null, "null"); }
  bool boolean(bool value) { return add(JsonKind::boolean, value ? "true" : "false"); }
  bool number_integer(std::int64_t value) { return add(JsonKind::number, std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return add(JsonKind::number, std::to_string(value)); }
  bool number_float(double /*value*/, const std::string& text) { return add(JsonKind::number, text); }
  bool string(const std::string& value) { return add(JsonKind::text, value); }
  bool binary(const nlohmann::json::binary_t& /*value*/) { return false; }
  bool start_object(std::size_t /*size*/) { return begin(JsonKind::object); }
  bool start_array(std::size_t /*size*/) { return begin(JsonKind::list); }
  bool end_object() { return end(); }
  bool end_array() { return end(); }
  bool key(const std::string& name) {
    if (open_.back()->find(name) != nullptr) {
      error = wrong_in(lines_.before, path_to(name) + " is there twice; leave one out").value();
      return false;
    }
    key_ = name;
    key_line_ = lines_.before;
    return true;
  }
  bool parse_error(std::size_t /*place*/, const std::string& token, const nlohmann::json::exception& what) {
    constexpr int kNumberOverflow = 406;
    if (what.id == kNumberOverflow)
      error = wrong_in(lines_.before, "the number " + token + " is too large; write a smaller one").value();
    return false;
  }

  JsonValue root;
  std::optional<Error> error;

 private:
  [[nodiscard]] std::string path_to(const std::string& name) const {
    const auto& path = open_.back()->path;
    return path.empty() ? name : path + "." + name;
  }

  JsonValue& place() {
    if (open_.empty()) {
      root.line = lines_.before;
      return root;
    }
    auto& parent = *open_.back();
    if (parent.kind == JsonKind::object) {
      auto& value = parent.items.emplace_back();
      value.name = key_;
      value.path = path_to(key_);
      value.line = key_line_;
      return value;
    }
    auto& value = parent.items.emplace_back();
    value.path = parent.path + "[" + std::to_string(parent.items.size() - 1) + "]";
    value.line = lines_.before;
    return value;
  }

  bool add(JsonKind kind, std::string text) {
    auto& value = place();
    value.kind = kind;
    value.text = std::move(text);
    return true;
  }

  bool begin(JsonKind kind) {
    auto& value = place();
    value.kind = kind;
    open_.push_back(&value);
    if (open_.size() <= kMostNesting) return true;
    error = wrong_in(lines_.before, "more than 100 lists and objects are in each other; write fewer").value();
    return false;
  }

  bool end() {
    open_.pop_back();
    return true;
  }

  static constexpr std::size_t kMostNesting = 100;

  const Lines& lines_;
  std::vector<JsonValue*> open_;  // each is the last item of the one before, and stays where it is while it is open
  std::string key_;
  int key_line_ = 1;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view wanted) const {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const JsonValue& item) { return item.name == wanted; });
  return kind != JsonKind::object || found == items.end() ? nullptr : &*found;
}

std::string JsonValue::json() const {
  std::string out;
  const auto add = [&out](const std::string& more) { out += (out.size() > 1 ? "," : "") + more; };
  switch (kind) {
    case JsonKind::text:
      return quoted(text);
    case JsonKind::list:
      out = "[";
      for (const auto& item : items) add(item.json());
      return out + "]";
    case JsonKind::object:
      out = "{";
      for (const auto& item : items) add(quoted(item.name) + ":" + item.json());
      return out + "}";
    default:
      return text;
  }
}

tl::unexpected<Error> JsonValue::wrong(const std::string& what) const {
  return wrong_in(line, (path.empty() ? "the file" : path) + " " + what);
}

tl::unexpected<Error> JsonValue::wrong(const Error& error) const {
  return wrong_in(line, path + ": " + error.message);
}

Result<JsonValue> read_json(std::string_view text) {
  Lines lines;
  Builder builder(lines);
  if (nlohmann::json::sax_parse(Bytes(text.data(), &lines), Bytes(text.data() + text.size(), &lines), &builder))
    return std::move(builder.root);
  if (builder.error) return tl::make_unexpected(*builder.error);
  return wrong_in(lines.before, "this is no JSON; look for a comma, a quote or a bracket that is missing or too much");
}

}  // namespace taskwire::engine
