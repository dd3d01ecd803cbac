# What the build takes from npm (packages.json beside this file), and what it makes of it:
#   generated/unicode_*.inc   tables of the Unicode character database, made by Node
#   generated/unicode.tables  the large ones of them, a file of the library
#   generated/stdlib/         CPython's own Lib, unpacked
# Defines the target `packages` and BATON_STDLIB_DIR, where the standard library is.
set(PACKAGES_DIR ${CMAKE_SOURCE_DIR}/vm/lib)
set(NODE_MODULES ${PACKAGES_DIR}/node_modules)
set(GENERATED ${CMAKE_BINARY_DIR}/generated)
find_program(NPM npm REQUIRED)

# Written last, so it stands for a finished installation; several build folders share it.
set(PACKAGES_STAMP ${NODE_MODULES}/.fetched)
add_custom_command(
  OUTPUT ${PACKAGES_STAMP}
  COMMAND ${NODE} ${PACKAGES_DIR}/packages.mjs ${NPM} ${PACKAGES_DIR}/packages.json ${NODE_MODULES}
  COMMAND ${CMAKE_COMMAND} -E touch ${PACKAGES_STAMP}
  DEPENDS ${PACKAGES_DIR}/packages.mjs ${PACKAGES_DIR}/packages.json
  COMMENT "Fetching the Unicode database and the standard library from npm")

function(unicode_generate script output)
  add_custom_command(
    OUTPUT ${GENERATED}/${output}
    COMMAND ${NODE} ${script} ${NODE_MODULES} ${GENERATED}/${output}
    DEPENDS ${script} ${CMAKE_SOURCE_DIR}/vm/object/unicode_data.mjs ${PACKAGES_STAMP}
    COMMENT "Generating ${output}")
endfunction()
unicode_generate(${CMAKE_SOURCE_DIR}/vm/object/unicode_tables.mjs unicode_tables.inc)
unicode_generate(${CMAKE_SOURCE_DIR}/vm/object/unicode_names.mjs unicode_names.whole)
unicode_generate(${PACKAGES_DIR}/unicodedata_tables.mjs unicode_database.whole)
set(UNICODE_APART ${CMAKE_SOURCE_DIR}/vm/object/unicode_apart.mjs)
add_custom_command(
  OUTPUT ${GENERATED}/unicode.tables ${GENERATED}/unicode_apart.inc ${GENERATED}/unicode_names.inc ${GENERATED}/unicode_database.inc
  COMMAND ${NODE} ${UNICODE_APART} unicode.tables unicode_apart.inc unicode_names.whole unicode_names.inc unicode_database.whole unicode_database.inc
  WORKING_DIRECTORY ${GENERATED}
  DEPENDS ${UNICODE_APART} ${GENERATED}/unicode_names.whole ${GENERATED}/unicode_database.whole
  COMMENT "Taking the large tables of Unicode out of the program")
set(UNICODE_TABLES ${GENERATED}/unicode_tables.inc ${GENERATED}/unicode_apart.inc ${GENERATED}/unicode_names.inc ${GENERATED}/unicode_database.inc
    ${GENERATED}/unicode.tables)

if(BATON_STDLIB)
  set(BATON_STDLIB_DIR ${BATON_STDLIB})
  set(STDLIB_STAMP)
else()
  set(BATON_STDLIB_DIR ${GENERATED}/stdlib)
  set(STDLIB_STAMP ${GENERATED}/stdlib.stamp)
  # Pyodide's own additions to the library stay out, what describes its build, and the advice that it gives when a time zone is missing.
  add_custom_command(
    OUTPUT ${STDLIB_STAMP}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${BATON_STDLIB_DIR}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${BATON_STDLIB_DIR}
    COMMAND ${CMAKE_COMMAND} -E chdir ${BATON_STDLIB_DIR} ${CMAKE_COMMAND} -E tar xf ${NODE_MODULES}/pyodide/python_stdlib.zip
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${BATON_STDLIB_DIR}/_pyodide ${BATON_STDLIB_DIR}/pyodide ${BATON_STDLIB_DIR}/site-packages
            ${BATON_STDLIB_DIR}/_ssl.py
    COMMAND ${CMAKE_COMMAND} -E chdir ${BATON_STDLIB_DIR} sh -c "rm -f _sysconfigdata_*.py"
    COMMAND ${CMAKE_COMMAND} -E chdir ${BATON_STDLIB_DIR}
            sed -i "/^        import sys/,/before you use zoneinfo/d" zoneinfo/_common.py
    COMMAND ${CMAKE_COMMAND} -E touch ${STDLIB_STAMP}
    DEPENDS ${PACKAGES_STAMP}
    VERBATIM
    COMMENT "Unpacking the standard library")
endif()

add_custom_target(packages ALL DEPENDS ${UNICODE_TABLES} ${STDLIB_STAMP})
