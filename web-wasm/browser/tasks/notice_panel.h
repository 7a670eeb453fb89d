#pragma once

#include <map>

#include "browser/dom.h"
#include "view/notices.h"

namespace taskwire::browser {

/// A problem in the parts of a notice. Not thread-safe.
class ProblemText {
 public:
  explicit ProblemText(const val& notice);
  void set(const view::Problem& problem);

 private:
  Text title_, detail_, reason_;
};

/// The problems above the tasks. Not thread-safe.
class NoticePanel {
 public:
  NoticePanel();

  void draw(const view::Notices& notices);

 private:
  val node_;
  std::map<int, val> shown_;
};

}  // namespace taskwire::browser
