#pragma once

#include <optional>
#include <string>

#include "browser/callback.h"
#include "browser/dom.h"
#include "view/announcer.h"

namespace taskwire::browser {

/// What every page does: hands over what happens in the browser, keeps time, and draws within a frame after something
/// happened, 20 times a second at most, and not at all while nobody can see it. Lives as long as the page. Not
/// thread-safe.
class LivePage {
 protected:
  LivePage();
  ~LivePage() = default;

  /// A `click`, `input`, `submit`, `hashchange`, `online`, `offline`, `pagehide` or `pageshow` has happened. `settle`
  /// follows.
  virtual void take(const std::string& type, const val& event) = 0;
  /// Time has passed, or the page is seen again, or no more. `settle` follows.
  virtual void tick(bool is_visible, view::Time now) = 0;
  /// Opens, closes and sends what has been asked for.
  virtual void follow(view::Time now) = 0;
  /// When `tick` has something to do, if nothing happens before.
  virtual std::optional<view::Time> deadline() = 0;
  /// Whether something shown changes with every second.
  virtual bool has_clock() = 0;
  virtual void draw(view::Time now) = 0;
  virtual view::Announcer& announcer() = 0;

  /// To be called after something went in.
  void settle();
  /// Tells a screen reader.
  void say(const char* text);
  /// Selects what the button names (`data-copy`), and copies it.
  void copy(const val& button);

 private:
  void take_event(const val& event);
  void arm_timer();
  void schedule_frame();
  void draw_frame();

  Callback on_event_;
  Callback on_frame_;
  Callback on_timer_;
  Callback on_copied_;
  Callback on_not_copied_;
  std::optional<view::Time> timer_at_;
  val timer_ = val::undefined();
  bool is_frame_scheduled_ = false;
  view::Time drawn_at_{};
  Text announcement_;
  Attribute ready_;
};

[[nodiscard]] view::Time now();
/// From the browser's source for keys.
[[nodiscard]] std::uint32_t random_bits();
/// What an input holds, without the spaces around it.
[[nodiscard]] std::string trimmed_value(const char* input_id);

}  // namespace taskwire::browser
