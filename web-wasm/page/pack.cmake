# Compresses the page's files beside themselves, and fails where together they are too large to load at once.
#
# cmake -D FOLDER=… -D FILES=a;b -D LIMIT=bytes -P pack.cmake
set(total 0)
foreach(file IN LISTS FILES)
  execute_process(COMMAND brotli --force --quality=11 --keep ${FOLDER}/${file} COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip --force --no-name --best --keep ${FOLDER}/${file} COMMAND_ERROR_IS_FATAL ANY)
  file(SIZE ${FOLDER}/${file}.br size)
  math(EXPR total "${total} + ${size}")
  string(APPEND sizes " ${file} ${size}")
endforeach()
message(STATUS "brotli, in bytes:${sizes}; together ${total} of ${LIMIT}")
if(total GREATER LIMIT)
  message(FATAL_ERROR "The page is too large.")
endif()
