#include "browser/dom.h"

namespace taskwire::browser {

val element(const char* id) {
  return call(document(), "getElementById", id);
}

val part(const val& root, const char* name) {
  return call(root, "querySelector", std::string("[data-part=").append(name).append("]"));
}

val copy_of(const char* template_id) {
  return call(get(get(element(template_id), "content"), "firstElementChild"), "cloneNode", val(true));
}

val new_element(const char* tag) {
  return call(document(), "createElement", tag);
}

std::string attribute(const val& element, const char* name) {
  const val value = call(element, "getAttribute", name);
  return value.isString() ? value.as<std::string>() : std::string();
}

void set_attribute(const val& element, const char* name, std::string_view value) {
  call(element, "setAttribute", name, text(value));
}

val closest(const val& node, const char* selector) {
  return get(node, "closest").isUndefined() ? val::null() : call(node, "closest", selector);
}

bool has_focus(const val& node) {
  return call(node, "contains", get(document(), "activeElement")).isTrue();
}

void move_focus(const val& node) {
  const val options = val::object();
  set_flag(options, "preventScroll", true);
  call(node, "focus", options);
}

void Text::set(std::string_view text) {
  if (written_ == text) return;
  written_ = text;
  browser::set(node_, "textContent", text);
}

void Text::set_or_hide(std::string_view text) {
  if (written_ == text) return;
  browser::set_flag(node_, "hidden", text.empty());
  set(text);
}

void Attribute::set(std::string_view value) {
  if (written_ == value) return;
  is_removed_ = false;
  written_ = value;
  set_attribute(element_, name_, value);
}

void Attribute::remove() {
  if (is_removed_) return;
  is_removed_ = true;
  written_.reset();
  call(element_, "removeAttribute", name_);
}

void Attribute::set_or_remove(std::string_view value) {
  if (value.empty()) {
    remove();
  } else {
    set(value);
  }
}

void Attribute::toggle(bool is_there) {
  if (is_there) {
    set("");
  } else {
    remove();
  }
}

}  // namespace taskwire::browser
