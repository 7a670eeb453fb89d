#include "view/long_run.h"

#include <utility>

#include "view/foreign_text.h"
#include "view/json.h"

namespace taskwire::view {

std::string LongRun::begin(std::string new_key, Time now) {
  if (key_.empty()) key_ = std::move(new_key);
  since_ = now;
  message_.clear();
  data_.clear();
  problem_.reset();
  return key_;
}

void LongRun::answered(const Answer& answer) {
  since_.reset();
  if (!answer.is_worth_repeating() && !is_outcome_unknown(answer)) key_.clear();
  if (!answer.is_ok()) {
    problem_ = problem_of(answer);
    if (is_outcome_unknown(answer)) problem_->detail += " Asking again is safe: it goes on with the same task.";
    return;
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  message_ = marked(said["message"].text());
  const auto& data = said["data"];
  data_ = data.is(Json::Kind::string) ? marked(data.text()) : data.compact();
}

}  // namespace taskwire::view
