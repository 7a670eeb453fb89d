#pragma once

#include <string>

#include "browser/dom.h"

namespace taskwire::browser {

/// The form that chooses a user. The user is kept in the page's address, and in that of the link to the other page. Not
/// thread-safe.
class UserForm {
 public:
  /// `other_page`: where the link goes.
  explicit UserForm(const char* other_page);

  /// What is typed.
  [[nodiscard]] std::string name() const;
  void set_name(const std::string& name);
  /// Says whether that may be a name.
  void accept(bool is_name);
  void remember(const std::string& name);
  /// Whether the button would disconnect.
  void draw(bool disconnects);

 private:
  const char* other_page_;
  Text error_;
  Attribute invalid_;
  Text connect_;
  Attribute disconnects_;
};

}  // namespace taskwire::browser
