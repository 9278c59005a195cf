"""A Chromium for the browser journeys, and an nginx to try the front server: the system's, else Playwright's own Chromium.

Only `make browser` changes anything.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from goldidea.embedded.supervisor import say

# In this order the journeys look for a browser; without one they take Playwright's own.
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHINESE_FONT = "fonts-noto-cjk"
NGINX = "nginx-light"


def install() -> int:
    """Get a browser, and on Debian as root a Chinese font and nginx, unless they are there; returns the exit status."""
    system = next(filter(None, map(shutil.which, NAMES)), None)
    if os.geteuid() == 0 and _is_debian():
        wanted = [*([] if system else ["chromium"]), *([] if _has_chinese_font() else [CHINESE_FONT])]
        wanted += [] if shutil.which("nginx") else [NGINX]
        status = _apt_install(wanted) if wanted else 0
    elif system:
        status = 0
    else:
        # It looks itself whether the browser that belongs to this release of Playwright is there already.
        status = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=False
        ).returncode
    if status == 0:
        found = next(filter(None, map(shutil.which, NAMES)), "Playwright's Chromium")
        say(f"The browser journeys use {found}.")
    return status


def _apt_install(packages: list[str]) -> int:
    say(f"Installing {' and '.join(packages)} …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        status = subprocess.run(
            ["apt-get", *arguments], env=quiet, stdin=subprocess.DEVNULL, check=False
        ).returncode
        if status != 0:
            return status
    return 0


def _is_debian() -> bool:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return "ID=debian" in lines and shutil.which("apt-get") is not None


def _has_chinese_font() -> bool:
    """Without one, screenshots show boxes and lines break elsewhere."""
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*CJK*"))
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(listed.stdout.strip())
