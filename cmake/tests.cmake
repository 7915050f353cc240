# Small static programs that tests run inside containers, where no libc is: tests/fixtures/X.c makes
# build/tests/fixtures/X. They ask the kernel what no applet of busybox asks.
file(GLOB fixtures CONFIGURE_DEPENDS tests/fixtures/*.c)
add_custom_target(fixtures)
foreach(source ${fixtures})
  get_filename_component(name ${source} NAME_WE)
  add_executable(fixture_${name} ${source})
  # The tree's options are for C++, and a static program cannot be sanitized: not inherited.
  set_target_properties(fixture_${name} PROPERTIES
    OUTPUT_NAME ${name}
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fixtures
    COMPILE_OPTIONS "-Wall;-Wextra;-Wshadow;-Wcast-qual;-Wformat=2"
    LINK_OPTIONS "-static")
  add_dependencies(fixtures fixture_${name})
endforeach()

# What a test left on the host: build/tests/residue.
add_executable(residue tests/fixtures/residue.cc)
set_target_properties(residue PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

# A client of isle-fetch, which it finds as ../bin/isle-fetch.
add_executable(registry_client tests/fixtures/registry_client.cc)
target_link_libraries(registry_client PRIVATE image)
set_target_properties(registry_client PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_dependencies(registry_client isle-fetch)
