"""Complete command lines of `verger cloud`, in the form of the program's own complete-words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

COMMAND = "complete-words"


def complete(parser: argparse.ArgumentParser, words: Sequence[str]) -> str:
    """Return what may stand at the end of a line; the last of `words` is the one to complete.

    A line `words` or `files`, whether the shell adds its files; then a line for each candidate:
    the word, a tab, its help.
    """
    *before, word = words or [""]
    parser, action, present = _read(parser, before)
    options = _options(parser)
    name, equals, _ = word.partition("=")
    prefix = ""
    if word.startswith("-") and not equals:
        candidates = [
            (option.option_strings[-1], option.help or "")
            for option in dict.fromkeys(options.values())
            if option not in present
        ]
        return _format("words", word, candidates)
    if word.startswith("-"):
        action, prefix = options.get(name), f"{name}="
    if action is None:
        return _format("words", word, [])
    values = [(prefix + value, text) for value, text in _values(action)]
    return _format("files" if action.metavar == "FILE" else "words", word, values)


def _read(
    parser: argparse.ArgumentParser, words: Sequence[str]
) -> tuple[argparse.ArgumentParser, argparse.Action | None, list[argparse.Action]]:
    """Return the parser of the last command, whose value comes next, and the options so far."""
    arguments, pending = _arguments(parser), None
    present: list[argparse.Action] = []
    for word in words:
        if word.startswith("-"):
            name, equals, _ = word.partition("=")
            option = _options(parser).get(name)
            if option is not None:
                present.append(option)
            pending = option if option is not None and option.nargs != 0 and not equals else None
        elif pending is not None:
            pending = None
        else:
            action = next(arguments, None)
            commands = action.choices if isinstance(action, argparse._SubParsersAction) else {}
            if word in commands:
                parser, present = commands[word], []
                arguments = _arguments(parser)
    return parser, pending or next(arguments, None), present


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {name: action for action in parser._actions for name in action.option_strings}


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    return iter([action for action in parser._actions if not action.option_strings])


def _values(action: argparse.Action) -> list[tuple[str, str]]:
    """Return the values that an argument accepts, as far as they are known, and their help."""
    if isinstance(action, argparse._SubParsersAction):
        return [(each.dest, each.help or "") for each in action._choices_actions]
    return [(str(value), "") for value in action.choices or ()]


def _format(names: str, word: str, candidates: Sequence[tuple[str, str]]) -> str:
    lines = [f"{text}\t{note}" for text, note in candidates if text.startswith(word)]
    return "\n".join([names, *lines]) + "\n"
