#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/field.h"
#include "view/problem.h"

namespace taskwire::view {

/// The form that starts a task: made from the catalogue, filled in by a person, turned into a request's body.
///
/// What was typed stays with each type. A submission whose outcome is not known keeps its idempotency key for as long
/// as the same is submitted again, so that pressing the button twice never starts two tasks. Not thread-safe.
class StartForm {
 public:
  struct Submission {
    std::string body;
    std::string idempotency_key;
  };

  /// Takes the catalogue's answer; false where it names no type, and then nothing changes. The selected type stays if
  /// it is still there, and what was typed if its type is what it was.
  bool load(std::string_view catalogue);
  [[nodiscard]] bool is_loaded() const { return !types_.empty(); }
  [[nodiscard]] std::vector<std::string> types() const;
  /// Whether tasks of a type wait for a worker, and none is there.
  [[nodiscard]] bool lacks_worker(std::string_view type) const;
  /// Whether any type is done by workers outside, who come and go.
  [[nodiscard]] bool has_outside_types() const;
  /// What is to be known before a task of the selected type is started; empty: nothing.
  [[nodiscard]] std::string warning() const;

  void select(std::string_view type);
  void set_name(std::string_view name);
  void set_value(const std::string& key, std::string_view text);

  /// The selected type's; empty before the catalogue has come.
  [[nodiscard]] std::string type() const;
  [[nodiscard]] std::string description() const;
  [[nodiscard]] const std::vector<Field>& fields() const;
  [[nodiscard]] std::string value(const std::string& key) const;
  /// What is wrong with an input; empty: nothing. The task's name has the key "".
  [[nodiscard]] std::string error(const std::string& key) const;
  /// Says which of `fields()` are other ones than before, by changing.
  [[nodiscard]] int revision() const { return revision_; }
  /// Says whether there may be other types, descriptions or workers than before, by changing.
  [[nodiscard]] int catalogue() const { return catalogue_; }

  /// What to send; nothing while another submission is under way, or where an input is wrong: `error` then says what.
  /// `new_key` is used unless the same was submitted before with unknown outcome.
  [[nodiscard]] std::optional<Submission> submit(std::string new_key);
  void accepted();
  void refused(Problem problem);
  /// No answer came, however often it was sent.
  void unanswered(Problem problem);

  [[nodiscard]] bool is_busy() const { return is_busy_; }
  /// Why the last submission failed, until dismissed.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  void dismiss() { problem_.reset(); }

 private:
  struct Type {
    std::string name;
    std::string description;
    std::string schema;  // that the fields are made of
    std::vector<Field> fields;
    std::map<std::string, std::string> values;
    std::optional<std::int64_t> workers;  // nothing: the engine does it
    std::int64_t waiting = 0;
  };

  [[nodiscard]] const Type* find_type(std::string_view name) const;
  [[nodiscard]] const Field* find(const std::string& key) const;
  void check(const Field& field);

  std::vector<Type> types_;
  std::size_t selected_ = 0;
  std::string name_;
  std::map<std::string, std::string> errors_;
  std::optional<Problem> problem_;
  std::optional<Submission> open_;  // under way, or its outcome is unknown
  int revision_ = 0;
  int catalogue_ = 0;
  bool is_busy_ = false;
};

}  // namespace taskwire::view
