#include "service/config_options.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(ConfigOptionsTest, DefaultsAreThoseOfTheFlags) {
  const EngineOptions made = EngineOptionsFrom(Config());
  const EngineOptions defaults;
  EXPECT_EQ(made.credentials, defaults.credentials);
  EXPECT_EQ(made.max_request_bytes, defaults.max_request_bytes);
  EXPECT_EQ(made.message_memory, defaults.message_memory);
  EXPECT_EQ(made.max_waits, defaults.max_waits);
  EXPECT_EQ(made.max_wait, defaults.max_wait);
  EXPECT_EQ(made.stream_grace, defaults.stream_grace);
}

TEST(ConfigOptionsTest, StreamsHaveTheGraceOfTheirConnection) {
  Config config;
  config.server.max_connection_age_grace = absl::Minutes(7);
  EXPECT_EQ(EngineOptionsFrom(config).stream_grace, absl::Minutes(7));
}

TEST(ConfigOptionsTest, StreamsHaveNoAgeLimitIfConnectionsHaveNone) {
  Config config;
  config.server.max_connection_age = absl::ZeroDuration();
  config.server.max_connection_age_grace = absl::Milliseconds(1);
  EXPECT_EQ(EngineOptionsFrom(config).stream_grace, absl::InfiniteDuration());
}

}  // namespace
}  // namespace wriftai
