"""A program of its own: reads an uploaded paper from its input, checks it and writes it anew, within limits of the system.

Run by goldidea.lib.papers as `python -I paper_child.py`, so that a hostile file costs a child process and nothing
else. It imports nothing of this project. Ends with 0, or with one of the codes below.

- pdf: scripts, actions, embedded files, forms of other makers and metadata are taken out; the rest is written anew.
- jpg, png, webp: the pixels as a JPEG, upright, without metadata.
- docx, xlsx: no macros, no controls, no objects, nothing fetched from elsewhere; properties emptied; zipped anew.
- zip: each file in it is treated as if it had come alone; zipped anew under plain names.
"""

import contextlib
import io
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

KIND, BROKEN, LOCKED, BOMB, MACROS, LINKED, NESTED, EMPTY, PATHS, PIXELS = range(3, 13)
PAGES = 500  # of a PDF
PARTS = 2000  # of a document
FILES = 100  # of a zip
UNPACKED = 200 * 1024 * 1024
DIRECTORY = 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2400  # a scanned A4 sheet at about 200 dots an inch
QUALITY = 85
MEMORY = 1 << 30  # bytes of address space
SECONDS = 40  # of processor time

# Keys of PDF objects that do something, or carry something, besides showing pages.
ACTIVE = (
    "/OpenAction",
    "/AA",
    "/A",
    "/JS",
    "/JavaScript",
    "/EF",
    "/RichMediaContent",
    "/RichMediaSettings",
    "/XFA",
)
HARMLESS = (
    "/GoTo",
    "/URI",
    "/Named",
)  # actions that stay: to a page of the same file, to an address that one sees
CATALOG = ("/OpenAction", "/AA", "/AF", "/Collection", "/Metadata", "/URI", "/Threads", "/PieceInfo")
LIVE_PARTS = re.compile(
    r"(vbaProject|vbaData|activeX|/embeddings/|oleObject|/ctrlProps/|/macrosheets/|customUI)", re.I
)
EMPTY_PROPERTIES = {
    "docProps/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def limit_resources() -> None:
    """What this process may use at most, before it looks at a single byte."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # a system without this limit, or with a lower one


def kind_of(data: bytes) -> str:
    """The kind of a file by its first bytes; the parts of a package tell docx and xlsx from a plain zip."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4], data[8:12]) == (
        b"RIFF",
        b"WEBP",
    ):
        return "jpg"
    if not data.startswith(b"PK\x03\x04"):
        sys.exit(KIND)
    names = {part.filename for part in opened(data, PARTS).infolist()}
    return next((kind for kind, part in MAIN_PARTS.items() if part in names), "zip")


# ---- PDF


def clean_pdf(data: bytes) -> bytes:
    """The pages, without anything that acts, and written anew from the first byte to the last."""
    import pikepdf

    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        sys.exit(LOCKED)
    with pdf:
        if pdf.is_encrypted:
            sys.exit(LOCKED)
        if len(pdf.pages) > PAGES:
            sys.exit(BOMB)
        if not len(pdf.pages):
            sys.exit(EMPTY)
        for key in CATALOG:
            drop(pdf.Root, key)
        if "/Names" in pdf.Root:
            for key in ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/URLS"):
                drop(pdf.Root.Names, key)
        for thing in pdf.objects:
            disarm(thing, pikepdf)
        drop(pdf.trailer, "/Info")
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return out.getvalue()


def disarm(thing: object, pikepdf: object) -> None:
    """Take every action and every carried file out of one object, and out of the plain ones inside it."""
    pending = [(thing, 0)]
    while pending:
        one, depth = pending.pop()
        if isinstance(one, pikepdf.Array):  # type: ignore[attr-defined]
            pending += [(item, depth + 1) for item in one if direct(item, pikepdf) and depth < 50]
            continue
        if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):  # type: ignore[attr-defined]
            continue
        for key in ACTIVE:
            if key in one and not (key == "/A" and harmless(one[key], pikepdf)):
                del one[key]
        if one.get("/Type") == "/Metadata" or one.get("/S") in (
            "/Launch",
            "/JavaScript",
            "/SubmitForm",
            "/ImportData",
        ):
            drop(one, "/S")
            drop(one, "/F")
        for key in ("/Metadata", "/PieceInfo"):
            drop(one, key)
        pending += [
            (one[key], depth + 1) for key in list(one.keys()) if direct(one[key], pikepdf) and depth < 50
        ]


def drop(one: Any, key: str) -> None:
    """Take a key out of a PDF's dictionary, if it is there."""
    if key in one:
        del one[key]


def direct(item: object, pikepdf: object) -> bool:
    """Whether an object stands inside another one: those with a number of their own are visited by it."""
    return isinstance(item, pikepdf.Object) and not item.is_indirect  # type: ignore[attr-defined]


def harmless(action: object, pikepdf: object) -> bool:
    """An action that leads to a page or to an address, alone: without a chain behind it."""
    if not isinstance(action, pikepdf.Dictionary):  # type: ignore[attr-defined]
        return False
    return str(action.get("/S", "")) in HARMLESS and "/Next" not in action


# ---- Pictures


def clean_picture(data: bytes) -> bytes:
    """The pixels as a JPEG, upright, at most 2,400 long. Their number is checked before decoding."""
    from PIL import Image, ImageOps

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                sys.exit(PIXELS)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.exit(PIXELS)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    Image.frombytes("RGB", ground.size, ground.tobytes()).save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


# ---- Packages


def opened(data: bytes, most: int) -> zipfile.ZipFile:
    """The archive, once its list of parts has shown to be small: read from its last record, before anything is parsed."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        sys.exit(BROKEN)
    count = int.from_bytes(data[at + 10 : at + 12], "little")
    if count > most or int.from_bytes(data[at + 12 : at + 16], "little") > DIRECTORY:
        sys.exit(BOMB)
    archive = zipfile.ZipFile(io.BytesIO(data))
    if len(archive.infolist()) > most:
        sys.exit(BOMB)
    if any(part.flag_bits & 1 for part in archive.infolist()):
        sys.exit(LOCKED)
    return archive


class Budget:
    """What may still be unpacked: counted while reading, whatever the archive claims."""

    def __init__(self) -> None:
        self.left = UNPACKED

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
        if part.file_size > self.left:
            sys.exit(BOMB)
        with archive.open(part) as source:
            data = source.read(self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            sys.exit(BOMB)
        return data


def packed(files: Iterator[tuple[str, bytes]]) -> bytes:
    """A new archive with these files, under a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def clean_package(kind: str) -> Callable[[bytes], bytes]:
    """Zip a docx or an xlsx anew, without what its maker left in its properties."""

    def clean(data: bytes) -> bytes:
        archive, budget, seen = opened(data, PARTS), Budget(), set()
        names = archive.namelist()
        if "[Content_Types].xml" not in names or MAIN_PARTS[kind] not in names:
            sys.exit(KIND)

        def files() -> Iterator[tuple[str, bytes]]:
            for part in archive.infolist():
                if part.is_dir():
                    continue
                if unsafe(part.filename) or part.filename in seen:
                    sys.exit(PATHS)
                seen.add(part.filename)
                if LIVE_PARTS.search(part.filename):
                    sys.exit(MACROS)
                content = budget.read(archive, part)
                check_part(part.filename, content)
                if part.filename.startswith("docProps/"):
                    content = EMPTY_PROPERTIES.get(part.filename, b"")
                elif part.filename.lower().endswith((".jpg", ".jpeg")) and "/media/" in part.filename:
                    content = clean_picture(content)
                yield part.filename, content

        return packed(files())

    return clean


def check_part(name: str, content: bytes) -> None:
    """No types of macros, and nothing that the reader's program would fetch from elsewhere; links that one sees may stay."""
    if name.lower() == "[content_types].xml" and re.search(
        rb"macroEnabled|vbaProject|activeX|oleObject", content, re.I
    ):
        sys.exit(MACROS)
    if b"<!DOCTYPE" in content[:2048] or b"<!ENTITY" in content[:65536]:
        sys.exit(BROKEN)
    if name.lower().endswith(".rels"):
        from defusedxml import ElementTree

        # Parsed, as the reader's program does: whatever its encoding, its order and its way of writing a letter.
        for relation in ElementTree.fromstring(content, forbid_dtd=True).iter():
            fetched = relation.get("TargetMode", "").strip().lower() == "external"
            if fetched and not relation.get("Type", "").endswith("/hyperlink"):
                sys.exit(LINKED)


def unsafe(name: str) -> bool:
    """Whether a name would leave its folder, or is none at all."""
    parts = name.replace("\\", "/").split("/")
    return (
        not name
        or name.startswith(("/", "\\"))
        or ".." in parts
        or ":" in name
        or "\x00" in name
        or len(name) > 240
    )


def clean_zip(data: bytes) -> bytes:
    """Each file of the archive checked and written anew as if it had come alone."""
    archive, budget = opened(data, FILES), Budget()
    parts = [part for part in archive.infolist() if not part.is_dir() and not is_litter(part.filename)]
    if not parts:
        sys.exit(EMPTY)

    def files() -> Iterator[tuple[str, bytes]]:
        for number, part in enumerate(parts, 1):
            if unsafe(part.filename) or (part.external_attr >> 28) == 0xA:  # a symbolic link
                sys.exit(PATHS)
            content = budget.read(archive, part)
            kind = kind_of(content)
            if kind == "zip":
                sys.exit(NESTED)
            yield f"{number:03d}-{plain(part)}.{kind}", CLEANERS[kind](content)

    return packed(files())


def is_litter(name: str) -> bool:
    """What systems leave in archives by themselves."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    )


def plain(part: zipfile.ZipInfo) -> str:
    """The file's name without folder and ending; archives made by Chinese Windows hold GBK without saying so."""
    name = part.filename
    if not part.flag_bits & 0x800:
        with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = name.encode("cp437").decode("gbk")
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "".join(c for c in stem if c.isprintable() and c not in '<>:"|?*').strip(" .")[:80] or "file"


CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "pdf": clean_pdf,
    "jpg": clean_picture,
    "docx": clean_package("docx"),
    "xlsx": clean_package("xlsx"),
    "zip": clean_zip,
}


def main() -> None:
    limit_resources()
    data = sys.stdin.buffer.read()
    try:
        kind = kind_of(data)
        clean = CLEANERS[kind](data)
    except Exception:  # whatever a broken or hostile file makes the readers raise
        sys.exit(BROKEN)
    sys.stdout.buffer.write(f"{kind:<4}".encode() + clean)


if __name__ == "__main__":
    main()
