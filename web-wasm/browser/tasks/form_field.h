#pragma once

#include <string>

#include "browser/dom.h"
#include "view/field.h"

namespace taskwire::browser {

/// One input of the form, for a field of the catalogue. Not thread-safe.
class FormField {
 public:
  /// `value`: what it holds at first.
  FormField(const view::Field& field, const std::string& value);

  /// Says what is wrong with it; empty: nothing.
  void set_error(const std::string& error);
  void focus() { call(input_, "focus"); }
  [[nodiscard]] const val& node() const { return node_; }

 private:
  val node_;
  val input_;
  Text error_;
  Attribute invalid_;
};

/// What an input of the page holds, as the form's text.
[[nodiscard]] std::string input_value(const val& input);

}  // namespace taskwire::browser
