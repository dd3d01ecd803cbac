# Runs one language test: fails with the difference when the output is not what is expected.
get_filename_component(folder ${PROGRAM} DIRECTORY)
get_filename_component(file ${PROGRAM} NAME)
execute_process(COMMAND ${CMAKE_COMMAND} -E env TZ=Europe/Berlin ${BATON} ${file} WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status TIMEOUT 50)
file(READ ${EXPECTED} expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "exit status ${status}\n---- expected ----\n${expected}\n---- got ----\n${output}")
endif()
