# libisle-ns: the rooms base, kernel and toolbox for other programs, with their headers and a
# pkg-config file. `cmake --install build --component isle-ns --prefix DIR`.
add_library(isle-ns STATIC EXCLUDE_FROM_ALL
  $<TARGET_OBJECTS:base> $<TARGET_OBJECTS:kernel> $<TARGET_OBJECTS:toolbox>)
set_target_properties(isle-ns PROPERTIES LINKER_LANGUAGE CXX)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/libisle-ns.pc @ONLY CONTENT
"prefix=\${pcfiledir}/../..
Name: libisle-ns
Description: Linux namespaces: find them all, explain what keeps them, enter and make them
Version: @PROJECT_VERSION@
Cflags: -D_GNU_SOURCE -fno-pie -I\${prefix}/include/isle
Libs: -L\${prefix}/lib -lisle-ns -lseccomp -no-pie
")
install(FILES $<TARGET_FILE:isle-ns> DESTINATION lib COMPONENT isle-ns EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_BINARY_DIR}/libisle-ns.pc DESTINATION lib/pkgconfig COMPONENT isle-ns
  EXCLUDE_FROM_ALL)
foreach(room base kernel toolbox)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/src/${room} DESTINATION include/isle COMPONENT isle-ns
    EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.h")
endforeach()

# The programs that grow step by step (examples/steps/), and the example of the library.
file(GLOB steps CONFIGURE_DEPENDS examples/steps/*.cc)
add_custom_target(examples ALL DEPENDS isle-ns)
foreach(source ${steps})
  get_filename_component(name ${source} NAME_WE)
  add_executable(step_${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(step_${name} PRIVATE kernel)
  target_link_options(step_${name} PRIVATE -static)
  set_target_properties(step_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/examples/steps)
  add_dependencies(examples step_${name})
endforeach()
