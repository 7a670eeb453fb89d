#include "process/options.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <iostream>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "process/duration.h"

#ifndef TASKWIRE_VERSION
#error "TASKWIRE_VERSION comes from the build"
#endif

namespace taskwire {
namespace {

constexpr int kUsageError = 2;

std::string environment_name(const std::string& flag) {
  std::string name = "TASKWIRE_" + flag.substr(2);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

}  // namespace

Options::Options(std::string program, std::string description) : app_(std::move(description), std::move(program)) {
  app_.set_version_flag("--version", TASKWIRE_VERSION);
  app_.add_flag("--print-config", print_config_, "Print the settings in force and exit")->configurable(false);
  add("--log-level", log_level_, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  add_switch("--insecure-no-auth", insecure_no_auth_, "Allow --listen on an address that other machines reach");
}

CLI::Option* Options::named(CLI::Option* option, const std::string& flag) {
  return option->envname(environment_name(flag));
}

CLI::Option* Options::add_list(const std::string& flag, std::vector<std::string>& values, const std::string& help) {
  return named(app_.add_option(flag, values, help)->delimiter(',')->allow_extra_args(false), flag);
}

CLI::Option* Options::add_switch(const std::string& flag, bool& value, const std::string& help) {
  return named(app_.add_flag(flag, value, help)->default_str(value ? "true" : "false")->take_last(), flag);
}

CLI::Option* Options::add_duration(const std::string& flag, std::chrono::milliseconds& value,
                                   std::chrono::milliseconds bare_unit, const std::string& help) {
  const auto read = [flag, &value, bare_unit](const std::string& text) {
    const auto duration = parse_duration(text, bare_unit);
    if (!duration)
      throw CLI::ValidationError(flag, "'" + text + "' is no time; write a number and ms, s, m, h or d, like 15s");
    value = *duration;
  };
  return named(
      app_.add_option_function<std::string>(flag, read, help)->default_str(format_duration(value))->take_last(), flag);
}

CLI::Option* Options::add_listen(std::string& value) {
  listen_ = &value;
  return add("--listen", value, "Address and port to listen on; port 0 takes a free one");
}

std::optional<int> Options::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
    if (listen_ != nullptr) {
      const auto address = parse_address(*listen_);
      if (!address)
        throw CLI::ValidationError("--listen",
                                   "'" + *listen_ + "' is no address; write host:port, like 127.0.0.1:8080");
      if (!is_loopback(address->host) && !insecure_no_auth_) {
        throw CLI::ValidationError("--listen",
                                   address->host +
                                       " can be reached from other machines, and there is no authentication yet; "
                                       "use 127.0.0.1, or add --insecure-no-auth to allow it");
      }
    }
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_.exit(error);
    std::cerr << app_.get_name() << ": " << error.what() << " (see --help)\n";
    return kUsageError;
  }
  if (print_config_) {
    std::cout << app_.config_to_str(true);
    return 0;
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt(app_.get_name()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_level(spdlog::level::from_str(log_level_));
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto digits = text.substr(colon + 1);
  Address address{std::string(host)};
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (host.empty() || error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return address;
}

std::string to_string(const Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return text == "localhost" || text == "::1";
}

}  // namespace taskwire
