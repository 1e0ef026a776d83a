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
) -> str | None:
    """All of them together; None if nothing is asked for. The parts go before the preset."""
    parts = {
        "scale": scale,
        "filter": filter,
        "channels": channels,
        "resize": resize,
        "size": input_size,
        "decode": decode,
    }
    return joined(preset, *(f"{key}={value}" for key, value in parts.items() if value is not None))


def joined(*presets: str | None) -> str | None:
    """What presets say together; a later one goes before."""
    return ",".join(preset for preset in presets if preset) or None
