"""A program of its own: reads a photo from its input and writes it again as a clean JPEG, within limits of the system.

Run by goldidea.lib.images as `python -I image_child.py`, so that a hostile picture costs a child process and nothing else.
It imports nothing of this project. Ends with 0, or with one of the codes below.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

NOT_A_PHOTO, TOO_MANY_PIXELS, BROKEN = 3, 4, 5
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 85
MEMORY = 1 << 30  # bytes of address space
SECONDS = 20  # of processor time


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


def reencode(data: bytes) -> bytes:
    """The picture upright, at most 1600 px long, as a JPEG without metadata. Its size is checked before decoding."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                sys.exit(TOO_MANY_PIXELS)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            clean = on_white(upright)
            clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return as_jpeg(clean)
    except UnidentifiedImageError:
        sys.exit(NOT_A_PHOTO)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.exit(TOO_MANY_PIXELS)


def on_white(picture: Image.Image) -> Image.Image:
    """Red, green, blue; what was transparent is white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return picture.convert("RGB")


def as_jpeg(picture: Image.Image) -> bytes:
    """Pixels only: a new image carries no metadata over."""
    out = io.BytesIO()
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def main() -> None:
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    limit_resources()
    data = sys.stdin.buffer.read()
    try:
        clean = reencode(data)
    except Exception:  # whatever a broken or hostile file makes the decoder raise
        sys.exit(BROKEN)
    sys.stdout.buffer.write(clean)


if __name__ == "__main__":
    main()
