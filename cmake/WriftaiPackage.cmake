# `cmake --install` installs the programs. `cpack` makes Debian's package of
# them, with a service and its settings (scripts/package.sh debian).
include(GNUInstallDirs)
install(TARGETS wriftai-gateway wriftai-sandbox wriftctl)

# Only in the package, because it takes a system: a user, systemd, /etc.
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
set(in_package COMPONENT debian EXCLUDE_FROM_ALL)
set(documents ${CMAKE_INSTALL_DATADIR}/doc/wriftai-gateway)
install(FILES ${debian}/wriftai-gateway.service
        DESTINATION /lib/systemd/system ${in_package})
install(FILES ${debian}/wriftai-gateway.default DESTINATION /etc/default
        RENAME wriftai-gateway ${in_package})
install(DIRECTORY DESTINATION /etc/wriftai-gateway ${in_package})
install(FILES ${debian}/copyright DESTINATION ${documents} ${in_package})
set(ctl_files ${PROJECT_BINARY_DIR}/ctl)
install(FILES ${ctl_files}/wriftctl.bash
        DESTINATION /usr/share/bash-completion/completions RENAME wriftctl
        ${in_package})
install(FILES ${ctl_files}/_wriftctl
        DESTINATION /usr/share/zsh/vendor-completions ${in_package})
install(FILES ${ctl_files}/wriftctl.fish
        DESTINATION /usr/share/fish/vendor_completions.d ${in_package})
# Compressed, and without a time, as Debian's policy requires.
install(CODE "execute_process(
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  OUTPUT_FILE \$ENV{DESTDIR}/usr/share/doc/wriftai-gateway/changelog.gz
  COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY \$ENV{DESTDIR}/usr/share/man/man1)
execute_process(
  COMMAND gzip -9nc ${ctl_files}/wriftctl.1
  OUTPUT_FILE \$ENV{DESTDIR}/usr/share/man/man1/wriftctl.1.gz
  COMMAND_ERROR_IS_FATAL ANY)" ${in_package})

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS
    ${PROJECT_BINARY_DIR};programs;ALL;/;${PROJECT_BINARY_DIR};debian;debian;/)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME wriftai-gateway)
set(CPACK_PACKAGE_CONTACT
    "WriftAI gateway maintainers <maintainers@users.noreply.github.com>")
set(CPACK_PACKAGE_HOMEPAGE_URL https://github.com/wriftai/grpc-gateway)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "gRPC service in front of the WriftAI predictions API")
set(CPACK_PACKAGE_DESCRIPTION
    "Callers in any language wait for predictions without polling: the gateway
polls each one once for all of them, and never exceeds the API's rate limit.

The package has the gateway as a systemd service, wriftctl, a client for the
command line, and wriftai-sandbox, which stands in for the API.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
# The libraries' packages, and the versions that the programs need.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst
                                       ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
