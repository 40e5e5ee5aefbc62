#ifndef WRIFTAI_TESTS_CLIENT_COMMANDS_FIXTURE_H_
#define WRIFTAI_TESTS_CLIENT_COMMANDS_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "client/command.h"
#include "client/commands.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_health.h"
#include "tests/client/fake_host.h"
#include "tests/client/samples.h"
#include "tests/client/silent_server.h"

namespace wriftai::client {

// Runs the real client against a real server over loopback.
class CommandsFixture : public ::testing::Test {
 protected:
  template <typename Command>
  int Run(Command command) {
    invocation_.connection.address = gateway_.address();
    invocation_.command = std::move(command);
    return RunInvocation(invocation_, host_.host);
  }

  int RunGet() {
    GetCommand command;
    command.request.set_id(kId);
    return Run(command);
  }

  // Runs get against a server that never responds.
  int RunSilent() {
    const SilentServer server;
    invocation_.connection.address = server.address();
    invocation_.command = GetCommand();
    return RunInvocation(invocation_, host_.host);
  }

  int RunCancel() {
    CancelCommand command;
    command.request.set_id(kId);
    return Run(command);
  }

  int RunHealth(const FakeHealth& server, const std::string& service) {
    HealthCommand command;
    command.request.set_service(service);
    invocation_.connection.address = server.address();
    invocation_.command = command;
    return RunInvocation(invocation_, host_.host);
  }

  int RunCreate() {
    CreateCommand command;
    command.request.set_model("a/b");
    command.request.set_input_json("{}");
    return Run(command);
  }

  int RunList(bool all) {
    ListCommand command;
    command.all = all;
    return Run(command);
  }

  std::string Out() const { return host_.out.str(); }
  std::string Err() const { return host_.err.str(); }

  static v1::ListResponse Page(const std::string& id, const std::string& next) {
    v1::ListResponse page;
    page.add_predictions()->set_id(id);
    page.set_next_page_token(next);
    return page;
  }

  FakeGateway gateway_;
  FakeHost host_;
  Invocation invocation_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_COMMANDS_FIXTURE_H_
