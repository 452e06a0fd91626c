#!/usr/bin/env bash
# Reads orders.
source ./order.sh
. ./store.sh

LIMIT=10
readonly NAME='main'

total() {
  local rate="$1"
  if [ "$rate" -gt 0 ]; then
    echo "rate ${rate} of $(basename "$NAME")"
  fi
}

function load {
  for file in "$@"; do
    case "$file" in
      *.txt)
        cat "$file"
        ;;
    esac
  done
  cat <<TEXT
all of it $LIMIT
TEXT
}

load "$@"
