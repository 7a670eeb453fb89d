#include "view/long_run.h"

#include "view/json.h"

namespace taskwire::view {

void LongRun::begin(Time now) {
  since_ = now;
  message_.clear();
  data_.clear();
  problem_.reset();
}

void LongRun::answered(const Answer& answer) {
  since_.reset();
  if (!answer.is_ok()) {
    problem_ = problem_of(answer);
    return;
  }
  const Json said = Json::parse(answer.body).value_or(Json());
  message_ = said["message"].text();
  const auto& data = said["data"];
  data_ = data.is(Json::Kind::string) ? data.text() : data.compact();
}

}  // namespace taskwire::view
