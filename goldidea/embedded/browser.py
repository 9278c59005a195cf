"""A Chromium for the browser journeys: found on this machine, or fetched by `make browser`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from goldidea.embedded.supervisor import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
APT_PACKAGES = ("chromium", "fonts-noto-cjk")


def find(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The browser of the journeys: CHROMIUM, else the system's, else Playwright's, else None."""
    return next((program for program in _candidates(environment) if os.access(program, os.X_OK)), None)


def install() -> int:
    """Get a browser, and on Debian as root a Chinese font, unless they are there; returns the exit status."""
    debian_root = os.geteuid() == 0 and _is_debian()
    found = find()
    if found and (_has_chinese_font() or not debian_root):
        say(f"Browser journeys use {found}.")
        return 0
    if debian_root:
        apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        wanted = [package for package in APT_PACKAGES if not (found and package == "chromium")]
        say(f"Installing {' and '.join(wanted)} by apt …")
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *wanted]):
            status = subprocess.run(
                ["apt-get", *arguments], env=apt, stdin=subprocess.DEVNULL, check=False
            ).returncode
            if status != 0:
                return status
    else:
        say("Installing Playwright's Chromium …")
        status = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=False
        ).returncode
        if status != 0:
            return status
    found = find()
    say(f"Browser journeys use {found}." if found else "No browser was found after the installation.")
    return 0 if found else 1


def _candidates(environment: Mapping[str, str]) -> Iterable[Path]:
    named = environment.get("CHROMIUM")
    if named:
        yield Path(named)
        return
    for name in NAMES:
        on_path = shutil.which(name, path=environment.get("PATH"))
        if on_path:
            yield Path(on_path)
    for folder in (environment.get("PLAYWRIGHT_BROWSERS_PATH") or "", *PLAYWRIGHT_FOLDERS):
        for pattern in PLAYWRIGHT_PROGRAMS if folder else ():
            yield from sorted(Path(folder).expanduser().glob(pattern), reverse=True)


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
