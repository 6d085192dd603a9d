"""Places that questions and figures name: fields of the glossary that are names, and how reports abbreviate places."""

from __future__ import annotations

PLACES = "places"  # fields of the glossary
INSTITUTIONS = "institutions"  # banks and universities by name
EVERYWHERE = {"中国", "全球"}  # where a report does not say it, it may still mean it
_SHORT = {
    "香港": ("港澳", "港股", "港交所", "联交所"),
    "澳门": ("港澳",),
    "台湾": ("港澳台",),
    "深圳": ("深交所",),
    "上海": ("上交所", "沪"),
}


def abbreviated(place: str, text: str) -> bool:
    """Whether a text names a place, if only in an abbreviation: 港澳台, 深交所."""
    return place in text or any(short in text for short in _SHORT.get(place, ()))
