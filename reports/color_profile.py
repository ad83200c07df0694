"""The sRGB color profile, the same on every day it is made."""

from functools import cache
from typing import Final

from PIL import ImageCms

_CREATED: Final = slice(24, 36)
_MADE_IN_2000: Final = bytes((0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
_IDENTITY: Final = slice(84, 100)


@cache
def srgb_profile() -> bytes:
    """Return the profile, with the moment of its making replaced: it would change the bytes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_CREATED] = _MADE_IN_2000
    profile[_IDENTITY] = bytes(16)
    return bytes(profile)
