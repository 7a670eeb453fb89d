#pragma once

#include <optional>

#include "browser/dom.h"
#include "view/problem.h"

namespace taskwire::browser {

/// A problem in the parts of a notice. Not thread-safe.
class ProblemText {
 public:
  explicit ProblemText(const val& notice);
  void set(const view::Problem& problem);

 private:
  Text title_, detail_, reason_;
};

/// A notice that is there while there is a problem. Not thread-safe.
class ProblemBox {
 public:
  /// `fallback` gets the focus when the notice goes that has it.
  ProblemBox(const char* id, val fallback);

  void draw(const std::optional<view::Problem>& problem);

 private:
  Attribute hidden_;
  ProblemText text_;
  val fallback_;
};

}  // namespace taskwire::browser
