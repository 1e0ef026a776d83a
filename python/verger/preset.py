"""A preset by its name, its parts, or both, as verger_model_options takes it."""

from __future__ import annotations


def preset_text(
    preset: str | None = None,
    scale: str | None = None,
    filter: str | None = None,
    channels: str | None = None,
    resize: str | None = None,
    input_size: int | str | None = None,
    decode: str | None = None,
    views: int | str | None = None,
) -> str | None:
    """Return the preset with its parts as one text, None if all are None. Parts override the
    preset.
    """
    parts = {
        "scale": scale,
        "filter": filter,
        "channels": channels,
        "resize": resize,
        "size": input_size,
        "decode": decode,
        "views": views,
    }
    return joined(preset, *(f"{key}={value}" for key, value in parts.items() if value is not None))


def joined(*presets: str | None) -> str | None:
    """Return several presets as one text; a later one overrides an earlier one."""
    return ",".join(preset for preset in presets if preset) or None
