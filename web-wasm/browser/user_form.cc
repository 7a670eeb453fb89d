#include "browser/user_form.h"

#include "browser/live_page.h"
#include "view/address.h"

namespace taskwire::browser {

UserForm::UserForm(const char* other_page)
    : other_page_(other_page),
      error_(element("user-error")),
      invalid_(element("user"), "aria-invalid"),
      connect_(element("connect")),
      disconnects_(connect_.node(), "data-disconnects") {
  set_flag(connect_.node(), "disabled", false);
}

std::string UserForm::name() const {
  return trimmed_value("user");
}

void UserForm::set_name(const std::string& name) {
  set(invalid_.element(), "value", name);
}

void UserForm::accept(bool is_name) {
  error_.set_or_hide(is_name ? "" : "1 to 128 letters, digits, or . _ ~ @ -");
  invalid_.set_or_remove(is_name ? "" : "true");
}

void UserForm::remember(const std::string& name) {
  const auto fragment = view::fragment_of_user(name);
  set(global("location"), "hash", fragment);
  set(element("other-page"), "href", other_page_ + fragment);
}

void UserForm::draw(bool disconnects) {
  connect_.set(disconnects ? "Disconnect" : "Connect");
  disconnects_.toggle(disconnects);
}

}  // namespace taskwire::browser
