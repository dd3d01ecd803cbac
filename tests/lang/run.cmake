# Runs one language test: fails with both outputs when the output is not what is expected, in checking builds also when objects are left at the end.  Files, not variables: output may hold NUL characters.
get_filename_component(folder ${PROGRAM} DIRECTORY)
get_filename_component(file ${PROGRAM} NAME)
string(MD5 key ${PROGRAM})
set(got ${CMAKE_CURRENT_BINARY_DIR}/lang-${key}.got)
execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=Europe/Berlin LC_ALL=C.UTF-8 ${ENVIRONMENT} ${BATON} ${file} WORKING_DIRECTORY ${folder}
                OUTPUT_FILE ${got} ERROR_FILE ${got} RESULT_VARIABLE status TIMEOUT ${SECONDS})
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${got} ${EXPECTED} RESULT_VARIABLE different)
if(different OR NOT status MATCHES "^-?[0-9]+$") # not a number: it took too long, or crashed
  file(READ ${EXPECTED} expected)
  file(READ ${got} output)
  message(FATAL_ERROR "exit status ${status}\n---- expected ----\n${expected}\n---- got ----\n${output}")
endif()
file(REMOVE ${got})
