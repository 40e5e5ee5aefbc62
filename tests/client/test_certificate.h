#ifndef WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_
#define WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_

#include <string>

namespace wriftai::client {

// PEM texts of a key and its self-signed certificate for 127.0.0.1, valid for
// an hour.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

TestCertificate MakeTestCertificate();

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_TEST_CERTIFICATE_H_
