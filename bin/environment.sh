# Sourced by every script in bin/: makes sure of the locked Python environment and of one data folder.
#
#   LINLI_TOOLS=run . "$(dirname "$0")/environment.sh"    what the product needs
#   LINLI_TOOLS=all . "$(dirname "$0")/environment.sh"    and the tools of its developers
#
# When nothing has changed this costs a few milliseconds: the lock file is compared with the copy that was
# installed. Everything slower is bin/environment.py. Works with the bash 3.2 of macOS.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PYTHON=$ROOT/.venv/bin/python

environment_is_ready() {
  [ -x "$PYTHON" ] && [ "$(cat "$ROOT/.venv/.linli-place" 2>/dev/null)" = "$ROOT" ] || return 1
  cmp -s "$ROOT/uv.lock" "$ROOT/.venv/.linli-all.lock" && return 0
  [ "$LINLI_TOOLS" = run ] && cmp -s "$ROOT/uv.lock" "$ROOT/.venv/.linli-run.lock"
}

find_python() {
  local candidate
  for candidate in ${LINLI_PYTHON:+"$LINLI_PYTHON"} python3 python3.13 python3.12 python3.14 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

if ! environment_is_ready; then
  if ! FOUND=$(find_python); then
    echo "邻里需要 Python 3.11 到 3.14。请先安装 Python（Debian/Ubuntu：apt install python3；macOS：brew install python@3.13），" >&2
    echo "已装在别处时用 LINLI_PYTHON=/路径/python3 指明，然后重新运行。" >&2
    exit 3
  fi
  "$FOUND" "$ROOT/bin/environment.py" "$LINLI_TOOLS" || exit 3
  unset FOUND
fi

case ${LINLI_HOME:=$ROOT/.linli} in
  /*) ;;
  *) LINLI_HOME=$PWD/$LINLI_HOME ;;
esac
export LINLI_HOME
export DJANGO_SETTINGS_MODULE=linli.config.settings
# The project is found wherever a script was called from, and nothing in that folder is mistaken for a module.
export PYTHONPATH=$ROOT PYTHONSAFEPATH=1
unset PYTHONHOME VIRTUAL_ENV LINLI_TOOLS

# Runs a program that ends when this script is killed; without it a killed script would leave its tests running.
if setpriv --pdeathsig TERM true 2>/dev/null; then
  tied() { setpriv --pdeathsig TERM "$@"; }
else
  tied() { "$@"; }
fi
