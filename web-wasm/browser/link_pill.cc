#include "browser/link_pill.h"

#include "view/describe.h"

namespace taskwire::browser {

LinkPill::LinkPill(const val& pill, const val& label, const val& reconnect, val fallback)
    : state_(pill, "data-state"),
      label_(label),
      reconnect_hidden_(reconnect, "hidden"),
      fallback_(std::move(fallback)),
      ahead_of_utc_(ahead_of_utc()) {}

std::string_view LinkPill::draw(const view::Connection& connection, view::Time now) {
  using State = view::Connection::State;
  const auto link = view::describe(connection, now, ahead_of_utc_);
  state_.set(link.key);
  label_.set(link.label);
  const bool is_up = connection.state() == State::live || connection.state() == State::disconnected;
  if (is_up && has_focus(reconnect_hidden_.element())) move_focus(fallback_);
  reconnect_hidden_.toggle(is_up);
  return link.key;
}

}  // namespace taskwire::browser
