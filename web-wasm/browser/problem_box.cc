#include "browser/problem_box.h"

#include <utility>

namespace taskwire::browser {

ProblemText::ProblemText(const val& notice)
    : title_(part(notice, "title")), detail_(part(notice, "detail")), reason_(part(notice, "reason")) {}

void ProblemText::set(const view::Problem& problem) {
  title_.set(problem.title);
  detail_.set_or_hide(problem.detail);
  reason_.set_or_hide(problem.reason);
}

ProblemBox::ProblemBox(const char* id, val fallback)
    : hidden_(browser::element(id), "hidden"), text_(hidden_.element()), fallback_(std::move(fallback)) {}

void ProblemBox::draw(const std::optional<view::Problem>& problem) {
  if (!problem && has_focus(hidden_.element())) move_focus(fallback_);
  if (problem) text_.set(*problem);
  hidden_.toggle(!problem);
}

}  // namespace taskwire::browser
