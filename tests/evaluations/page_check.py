"""The page's own check of a bundle ("Check it yourself"), run by Node: its modules as they stand, without a page."""

import base64
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from evaluations.actions.bundling import zipped

SCRIPTS = Path(__file__).resolve().parents[2] / "goldidea" / "static" / "js"
RUNNER = """
import { createInterface } from "readline";
import { STEPS } from "./check-bundle.js";
import { openZip } from "./check-files.js";
import { Wrong } from "./check-tally.js";
for await (const line of createInterface({ input: process.stdin })) {
  const data = Buffer.from(line, "base64");
  let said = "holds";
  try {
    const state = { files: openZip(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) };
    for (const [step, run] of STEPS) {
      try { run(state); } catch (error) { said = `${step}: ${error instanceof Wrong ? error.code : "unreadable"}`; break; }
    }
  } catch (error) {
    said = "zip";
  }
  process.stdout.write(`${said}\\n`);
}
"""


def asked_of_the_page(bundles: Iterable[Mapping[str, bytes]], folder: Path) -> list[str]:
    """What the page says of each bundle: "holds", or the step that fails and its code."""
    if shutil.which("node") is None:
        pytest.skip("NO NODE: the page's modules were not asked.")
    for script in SCRIPTS.glob("check-*.js"):
        (folder / script.name).write_bytes(script.read_bytes())
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "ask.js").write_text(RUNNER)
    lines = "\n".join(base64.b64encode(zipped(files)).decode() for files in bundles)
    command = ["node", str(folder / "ask.js")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
