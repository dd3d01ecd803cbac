# Runs one command-line test: fails with both outputs when the output is not what is expected.
get_filename_component(name ${SCRIPT} NAME_WE)
set(folder ${CMAKE_CURRENT_BINARY_DIR}/cli-${name})
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder})
set(got ${folder}.got)
execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=PYTHONDONTWRITEBYTECODE --unset=PYTHONPATH --unset=PYTHONUNBUFFERED LC_ALL=C.UTF-8 BATON=${BATON} sh ${SCRIPT}
                WORKING_DIRECTORY ${folder} OUTPUT_FILE ${got} ERROR_FILE ${got} RESULT_VARIABLE status TIMEOUT 50)
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${got} ${EXPECTED} RESULT_VARIABLE different)
if(different OR NOT status MATCHES "^-?[0-9]+$") # not a number: it took too long, or crashed
  file(READ ${EXPECTED} expected)
  file(READ ${got} output)
  message(FATAL_ERROR "exit status ${status}\n---- expected ----\n${expected}\n---- got ----\n${output}")
endif()
file(REMOVE_RECURSE ${folder} ${got})
