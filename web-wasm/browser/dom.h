#pragma once

#include <emscripten/val.h>
#include <optional>
#include <string>
#include <string_view>

#include "browser/js.h"

namespace taskwire::browser {

/// The element of the page with this id, which must be there.
[[nodiscard]] val element(const char* id);

/// The element below `root` that is marked `data-part="name"`, which must be there.
[[nodiscard]] val part(const val& root, const char* name);

/// A copy of the first element of a template.
[[nodiscard]] val copy_of(const char* template_id);

[[nodiscard]] val new_element(const char* tag);

/// An attribute's value; empty where it is missing.
[[nodiscard]] std::string attribute(const val& element, const char* name);
void set_attribute(const val& element, const char* name, std::string_view value);

/// The nearest element from `node` upwards that matches `selector`; null where there is none.
[[nodiscard]] val closest(const val& node, const char* selector);

/// Whether the focus is on `node` or in it.
[[nodiscard]] bool has_focus(const val& node);

/// Puts the focus on `node`, because what had it goes; the page does not scroll.
void move_focus(const val& node);

/// The text of a node. Writes only what differs from what it wrote last. Not thread-safe.
class Text {
 public:
  explicit Text(val node) : node_(std::move(node)) {}
  void set(std::string_view text);
  /// Writes the text, and hides the element while there is none.
  void set_or_hide(std::string_view text);
  [[nodiscard]] const val& node() const { return node_; }

 private:
  val node_;
  std::optional<std::string> written_;
};

/// An attribute of an element. Writes only what differs from what it wrote last. Not thread-safe.
class Attribute {
 public:
  Attribute(val element, const char* name) : element_(std::move(element)), name_(name) {}
  void set(std::string_view value);
  /// Takes the attribute away.
  void remove();
  /// Writes the value, or takes the attribute away where it is empty.
  void set_or_remove(std::string_view value);
  /// An attribute without value: there, or not there.
  void toggle(bool is_there);
  [[nodiscard]] const val& element() const { return element_; }

 private:
  val element_;
  const char* name_;
  std::optional<std::string> written_;
  bool is_removed_ = false;
};

}  // namespace taskwire::browser
