# wriftai_test(NAME SOURCES... DEPS... LABELS...): a GoogleTest program whose
# cases are tests of their own for ctest.
include(GoogleTest)
function(wriftai_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE wriftai_options ${ARG_DEPS}
                                        GTest::gmock_main)
  gtest_discover_tests(
    ${NAME} DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
endfunction()
