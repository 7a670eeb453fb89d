#include "view/post_form.h"

#include <utility>

#include "view/json.h"

namespace taskwire::view {
namespace {

bool is_same(const Request& a, const Request& b) {
  return a.path == b.path && a.form == b.form && a.body == b.body;
}

}  // namespace

std::optional<Request> PostForm::submit(Request request) {
  if (is_busy_) return std::nullopt;
  if (open_ && is_same(*open_, request)) request.idempotency_key = open_->idempotency_key;
  open_ = std::move(request);
  problem_.reset();
  accepted_id_.clear();
  is_busy_ = true;
  return open_;
}

void PostForm::answered(const Answer& answer) {
  is_busy_ = false;
  problem_.reset();
  if (answer.is_ok()) {
    accepted_id_ = Json::parse(answer.body).value_or(Json())["id"].text();
  } else {
    problem_ = problem_of(answer);
    if (is_outcome_unknown(answer)) problem_->detail += " Sending it again unchanged is safe: it is posted once.";
  }
  if (!answer.is_worth_repeating() && !is_outcome_unknown(answer)) open_.reset();
}

void PostForm::refuse(Problem problem) {
  problem_ = std::move(problem);
  accepted_id_.clear();
}

}  // namespace taskwire::view
