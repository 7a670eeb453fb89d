#!/usr/bin/env bash
# Prints `id type data` for each event of the stream at the URL given, followed by curl; what resumes is this loop.
set -uo pipefail

id='' next_id='' type='' data=''
while :; do
  while IFS= read -r line; do
    case $line in
      'id: '*) next_id=${line#id: } ;;
      'event: '*) type=${line#event: } ;;
      'data: '*) data=${line#data: } ;;
      '')
        id=$next_id
        [ -z "$data" ] || echo "$id ${type:-message} $data"
        type='' data=''
        ;;
    esac
  done < <(curl --silent --no-buffer --retry 100 --retry-connrefused --retry-delay 1 -H "Last-Event-ID: $id" "$1")
  next_id=$id type='' data=''
done
