# The image that is always there: an OCI layout of busybox-static, made by the build, found by isle
# as ../share/isle/images/busybox from its own program, in build/ and where it is installed.
find_program(BUSYBOX_STATIC NAMES busybox PATHS /bin /usr/bin NO_DEFAULT_PATH)
set(image_layout ${CMAKE_BINARY_DIR}/share/isle/images/busybox)
if(BUSYBOX_STATIC)
  add_custom_command(
    OUTPUT ${image_layout}/index.json
    COMMAND ${CMAKE_SOURCE_DIR}/tools/make-busybox-image ${BUSYBOX_STATIC} ${image_layout}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/make-busybox-image ${BUSYBOX_STATIC}
    COMMENT "Making the built-in image from ${BUSYBOX_STATIC}"
    VERBATIM)
  add_custom_target(busybox_image ALL DEPENDS ${image_layout}/index.json)
  install(DIRECTORY ${image_layout} DESTINATION ${CMAKE_INSTALL_DATADIR}/isle/images)
else()
  message(FATAL_ERROR "no busybox in /bin: the built-in image is made from Debian's "
                      "busybox-static package (apt-get install busybox-static)")
endif()

# The pages that go with the programs.
install(FILES ${CMAKE_SOURCE_DIR}/packaging/isle-boot.service DESTINATION lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/isle-boot.service DESTINATION lib/systemd/user)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/isle-boot.openrc ${CMAKE_SOURCE_DIR}/packaging/isle-boot.cron
        DESTINATION ${CMAKE_INSTALL_DATADIR}/isle)
# isle.1 has its options from isle's own tables.
set(manual ${CMAKE_BINARY_DIR}/share/man/man1/isle.1)
set(manual_parts ${CMAKE_SOURCE_DIR}/docs/man/isle.1.in ${CMAKE_SOURCE_DIR}/docs/man/isle.1.texts)
add_custom_command(
  OUTPUT ${manual}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/share/man/man1
  COMMAND isle help --man ${manual_parts} > ${manual}.new
  COMMAND ${CMAKE_COMMAND} -E rename ${manual}.new ${manual}
  DEPENDS isle ${manual_parts}
  COMMENT "Making the manual page of isle"
  VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual})
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_SOURCE_DIR}/docs/man/islet.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
