# The error details of google.rpc: Debian packages them with a Go library.
find_path(GOOGLE_RPC_PROTO_DIR google/rpc/error_details.proto
          PATHS /usr/share/gocode/src/github.com/gogo/googleapis REQUIRED)

# The schema of the health service, for reflection.
find_path(GRPC_PROTO_DIR grpc/health/v1/health.proto
          PATHS /usr/share/grpc-proto REQUIRED)

# wriftai_generate(OUT ROOT PREFIX FILE GRPC): generates C++ from the schema
# FILE below ROOT in the build tree's folder PREFIX, and lists the sources in
# OUT.
function(wriftai_generate OUT ROOT PREFIX FILE GRPC)
  set(out_dir ${PROJECT_BINARY_DIR}/${PREFIX})
  file(MAKE_DIRECTORY ${out_dir})
  string(REGEX REPLACE "\\.proto$" "" stem ${FILE})
  set(outputs ${out_dir}/${stem}.pb.cc ${out_dir}/${stem}.pb.h)
  set(grpc_arguments)
  if(GRPC)
    list(APPEND outputs ${out_dir}/${stem}.grpc.pb.cc
         ${out_dir}/${stem}.grpc.pb.h)
    set(grpc_arguments
        --grpc_out=${out_dir}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND protobuf::protoc -I${ROOT} -I${GOOGLE_RPC_PROTO_DIR}
            --cpp_out=${out_dir} ${grpc_arguments} ${ROOT}/${FILE}
    DEPENDS ${ROOT}/${FILE}
    VERBATIM)
  set_source_files_properties(${outputs}
                              PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${OUT} ${outputs} PARENT_SCOPE)
endfunction()
