#include "tail/program.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <memory>
#include <random>
#include <unistd.h>

#include "tail/event_text.h"
#include "tail/follower.h"
#include "tail/json_line.h"
#include "tail/line_display.h"
#include "tail/note.h"
#include "tail/output.h"
#include "tail/signals.h"
#include "tail/terminal_display.h"
#include "view/random.h"

namespace taskwire::tail {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::milliseconds kRefresh(100);

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

Style terminal_style() {
  std::setlocale(LC_CTYPE, "");
  return {.has_colour = variable("NO_COLOR").empty(), .has_unicode = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
}

std::string json_of(const SseEvent& event, const view::Message& /*message*/) {
  return json_line(event);
}

std::string text_of(const SseEvent& event, const view::Message& message) {
  return event_text(event, message, std::chrono::floor<view::Millis>(std::chrono::system_clock::now()), {});
}

std::unique_ptr<Display> make_display(const Settings& settings, Output& output) {
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  if (settings.form == Settings::Form::json || (settings.form == Settings::Form::automatic && !is_terminal))
    return std::make_unique<LineDisplay>(output, json_of);
  const bool can_redraw = is_terminal && !variable("TERM").empty() && variable("TERM") != "dumb";
  if (!can_redraw) return std::make_unique<LineDisplay>(output, text_of);
  return std::make_unique<TerminalDisplay>(output, STDOUT_FILENO, settings.target.authority, terminal_style());
}

std::uint32_t random_bits() {
  static std::random_device device;
  return device();
}

/// Everything that waits for something, on one thread. Not thread-safe.
class Program {
 public:
  explicit Program(const Settings& settings)
      : output_(STDOUT_FILENO, signals_.stop_fd()),
        display_(make_display(settings, output_)),
        follower_(io_.get_executor(), settings, *display_, view::as_fraction(random_bits)) {}

  Ending run() {
    wait_for_stop();
    wait_for_refresh();
    asio::co_spawn(io_, follower_.run(), [this](const std::exception_ptr& error, const Ending& ending) {
      if (error) std::rethrow_exception(error);
      if (!output_.is_interrupted()) end(ending);
    });
    io_.run();
    display_->finish();
    if (!output_.error().empty()) return {ExitStatus::lost, output_.error()};
    return ending_;
  }

 private:
  void wait_for_stop() {
    stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
      if (error) return;
      const auto& id = follower_.resume_id();
      end({signals_.take_stop() == SIGTERM ? ExitStatus::terminated : ExitStatus::interrupted,
           id.empty() ? std::string() : "go on with --last-event-id " + id});
    });
  }

  void wait_for_refresh() {
    refresh_.expires_after(kRefresh);
    refresh_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      if (Signals::take_continued()) display_->forget();
      display_->refresh();
      if (output_.is_reader_gone()) return end({});
      wait_for_refresh();
    });
  }

  void end(const Ending& ending) {
    ending_ = ending;
    io_.stop();
  }

  Signals signals_;
  Output output_;
  asio::io_context io_{1};
  asio::posix::stream_descriptor stop_{io_, dup(signals_.stop_fd())};
  asio::steady_timer refresh_{io_};
  std::unique_ptr<Display> display_;
  Follower follower_;
  Ending ending_;
};

}  // namespace

ExitStatus run(const Settings& settings) {
  Program program(settings);
  const auto ending = program.run();
  if (!ending.message.empty()) note(ending.message);
  return ending.status;
}

}  // namespace taskwire::tail
