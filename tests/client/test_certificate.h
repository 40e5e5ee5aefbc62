#ifndef WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_
#define WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_

#include <string>

namespace wriftai::client {

// PEM texts of a key and of its certificate for 127.0.0.1, signed by itself
// and good for an hour.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

TestCertificate MakeTestCertificate();

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_
