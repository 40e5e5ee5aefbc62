// What the thread sanitizer does not report in a test program. Each line has a
// reason; planted_races.cc checks that the list does not hide everything.
extern "C" const char* __tsan_default_suppressions() {
  return
      // ConnectionTable looks at descriptors that gRPC may close meanwhile, and
      // compares the inode to notice it.
      "race:InodeOf\n"
      // Debian's libraries are not built with the sanitizer: it does not see
      // the atomics that order what they copy and free. Of their own frames, a
      // stack shows only such calls.
      "called_from_lib:libgrpc.so\n"
      "called_from_lib:libgrpc++.so\n"
      "called_from_lib:libgpr.so\n"
      "called_from_lib:libupb.so\n"
      "called_from_lib:libssl.so\n"
      "called_from_lib:libcrypto.so\n"
      "race:libabsl_\n"
      "race:absl/status/status.h\n"
      // The last reference to a slice calls its deleter; the order is that of
      // gRPC's atomic counter.
      "race:grpc_core::NewSliceRefcount::Destroy\n"
      // gRPC's own accesses in its headers, from the start of an operation to
      // its completion. No callback runs below these frames.
      "race_top:grpcpp/\n"
      "race:grpc::internal::CallOpSet\n"
      "race:grpc::internal::CallOpClientRecvStatus::FinishOp\n"
      // The messages that gRPC reads, on any of its threads, into a message of
      // a call. The caller has it between two reads.
      "race:etcdserverpb::\n"
      // What a test has set before its call, read by its own server.
      "race:wriftai::predictions::v1::Predictions::Service::Service\n"
      "race:grpc::internal::CallbackWithSuccessTag::~CallbackWithSuccessTag\n"
      "race:ServerCallbackUnaryImpl::Finish\n"
      "race:ServerCallbackWriterImpl::Finish\n"
      "race:ServerCallbackWriterImpl::Write\n";
}
