# Sourced by bin/test and by the gate's row with the browser: a Chromium for the browser tests, and fonts in which Chinese is not boxes.
# Installed where this script may (root on Debian or Ubuntu); elsewhere Playwright's own Chromium is fetched.
# When neither works the browser tests are skipped, and counted; under CI they fail.

apt_install() {
  echo "Installing $* ..." >&2
  DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

may_apt_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

ensure_fonts() {
  [ "$(uname)" = Linux ] || return 0
  ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 && return 0
  if may_apt_install; then apt_install fonts-noto-cjk; else
    echo "No Noto CJK fonts: Chinese will be boxes in screenshots (apt install fonts-noto-cjk)." >&2
  fi
}

# Playwright steers the browser with a program of its own; a bare Debian lacks a library it needs.
ensure_driver() {
  local driver
  for driver in "$ROOT"/.venv/lib/python3*/site-packages/playwright/driver/node; do
    "$driver" --version >/dev/null 2>&1 && return 0
  done
  may_apt_install && apt_install libatomic1
}

ensure_chromium() {
  [ -n "${LINLI_CHROMIUM:-}" ] && return 0
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || [ -f "$ROOT/.venv/.linli-browser" ] && return 0
  if may_apt_install && grep -qs '^ID=debian' /etc/os-release; then
    apt_install chromium && return 0
  fi
  echo "Fetching Playwright's Chromium ..." >&2
  if may_apt_install; then "$PYTHON" -m playwright install --with-deps chromium >&2
  else "$PYTHON" -m playwright install chromium >&2; fi || return 1
  touch "$ROOT/.venv/.linli-browser"
}

ensure_fonts || true
if ensure_driver && ensure_chromium; then LINLI_BROWSER=yes; else
  LINLI_BROWSER=no
  echo "No Chromium could be installed; set LINLI_CHROMIUM=/path/to/chromium if there is one." >&2
fi
export LINLI_BROWSER
