#include "http/forwarded.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "http/media_type.h"
#include "http/split.h"

namespace taskwire::edge {
namespace {

/// Takes a value off the front of `text`, a token or a quoted-string (RFC 9110, 5.6); nothing where it is neither.
std::optional<std::string> take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const auto size = std::min(text.find_first_of(",; \t\""), text.size());
    value = text.substr(0, size);
    text.remove_prefix(size);
    return value;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && ++i == text.size()) break;
    value += text[i];
  }
  return std::nullopt;
}

/// Takes an element off the front, up to its comma, and answers its `for`; nothing where it is no element.
std::optional<std::string> take_element(std::string_view& text) {
  std::string whom;
  int named = 0;
  for (;;) {
    text = trim(text);
    const auto name_end = std::min(text.find_first_of("=,;"), text.size());
    const auto name = text.substr(0, name_end);
    text.remove_prefix(name_end);
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      auto value = take_value(text);
      if (!value) return std::nullopt;
      if (equals_ignoring_case(name, "for") && ++named == 1) whom = std::move(*value);
    } else if (!name.empty()) {
      return std::nullopt;
    }
    text = trim(text);
    if (text.empty() || text.starts_with(',')) return named == 1 ? whom : std::string();
    if (!text.starts_with(';')) return std::nullopt;
    text.remove_prefix(1);
  }
}

void add(std::vector<std::string>& nodes, std::string node) {
  nodes.push_back(std::move(node));
  if (nodes.size() > kMostForwards) nodes.erase(nodes.begin());
}

}  // namespace

std::vector<std::string> forwarded_for(std::string_view field) {
  std::vector<std::string> nodes;
  for (;;) {
    const bool is_element = !trim(field.substr(0, field.find(','))).empty();  // empty ones count for nothing
    auto node = take_element(field);
    if (is_element || !node) add(nodes, node.value_or(""));
    if (!node || field.empty()) return nodes;
    field.remove_prefix(1);
  }
}

std::vector<std::string> x_forwarded_for(std::string_view field) {
  std::vector<std::string> nodes;
  while (!field.empty()) {
    if (const auto node = trim(take_part(field, ',')); !node.empty()) add(nodes, std::string(node));
  }
  return nodes;
}

}  // namespace taskwire::edge
