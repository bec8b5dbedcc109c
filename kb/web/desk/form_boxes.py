"""The boxes of a form: HTML for one value, and for what stands around it."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from kb.documents.form_actions import BUTTON
from kb.documents.form_fields import FormNode
from kb.documents.form_specs import MOST_CHOICES, Spec
from kb.documents.vocabulary import Vocabulary

MOVES = (("up", "Move up", "↑"), ("down", "Move down", "↓"), ("remove", "Remove", "Remove"))

Choices = tuple[tuple[str, str], ...]  # (value, label)

YES_NO: Choices = (("true", "Yes"), ("false", "No"))


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def line(attributes: str, value: str) -> str:
    """One line of text. Never `type=number` or `url`: browsers drop what does not fit these."""
    return f'<input type="text"{attributes} value="{escape(value)}" autocomplete="off">'


def textarea(attributes: str, value: str) -> str:
    """A line feed first: HTML drops one there. Source: HTML, "restrictions on textarea"."""
    rows = min(max(value.count("\n") + 1, len(value) // 70 + 1), 24)
    return f'<textarea{attributes} rows="{rows}">\n{escape(value)}</textarea>'


def select(attributes: str, value: str, choices: Choices) -> str:
    """A choice; a value that is none of the choices is one more."""
    options = _options(choices)
    chosen = f'<option value="{escape(value)}"'
    if value and chosen not in options:
        options += f"{chosen}>{escape(value)} (not a term)</option>"
    return f"<select{attributes}>{options.replace(chosen, f'{chosen} selected', 1)}</select>"


@lru_cache(maxsize=256)
def _options(choices: Choices) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>'
        for value, label in (("", "—"), *choices)
    )


@lru_cache(maxsize=256)
def choices_of(vocabulary: Vocabulary) -> Choices:
    return tuple((term.value, term.label) for term in vocabulary)


def datalist(vocabulary: Vocabulary) -> str:
    """The terms of a vocabulary that is too long for a choice, to be picked by typing."""
    options = "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>'
        for value, label in choices_of(vocabulary)
    )
    return f'<datalist id="v-{escape(vocabulary.name)}">{options}</datalist>'


def ticks(node: FormNode) -> str:
    """Terms to be ticked: those that are, in their order, before the others."""
    assert node.spec.vocabulary is not None
    others = [value for value in node.spec.vocabulary.values if value not in node.values]
    return "".join(_tick(node, value) for value in (*node.values, *others))


def _tick(node: FormNode, value: str) -> str:
    vocabulary = node.spec.vocabulary
    assert vocabulary is not None
    is_term = value in vocabulary
    about = f' title="{escape(vocabulary[value].definition)}"' if is_term else ""
    label = vocabulary.label_of(value) if is_term else f"{value} (not a term)"
    checked = " checked" if value in node.values else ""
    return (
        f'<label{about}><input type="checkbox" name="{escape(node.name)}"'
        f' value="{escape(value)}"{checked}> {escape(label)}</label>'
    )


def problems(node: FormNode) -> str:
    """What is wrong at a field, beside it."""
    if not node.problems:
        return ""
    told = "".join(f"<li>{escape(problem.detail)}</li>" for problem in node.problems)
    return f'<ul class="errors" id="e-{escape(node.id)}">{told}</ul>'


def need(spec: Spec) -> str:
    return ' <span class="need">required</span>' if spec.is_required else ""


def tools(name: str, title: str) -> str:
    """Buttons that move and remove a row."""
    back_to = escape(f"#f-{name.rpartition('.')[0]}")
    buttons = (
        f'<button name="{BUTTON}" value="{verb}:{escape(name)}" formaction="{back_to}"'
        f' aria-label="{label}: {escape(title)}">{mark}</button>'
        for verb, label, mark in MOVES
    )
    return f'<div class="acts">{"".join(buttons)}</div>'


# --- what the fields of a list mean, once for all its rows -----------------------------------


def meanings(spec: Spec, trail: str) -> str:
    """The explanations that the fields of the rows of a list refer to."""
    told = "".join(_meaning(field, name) for field, name in _explained(spec, trail))
    if not told:
        return ""
    summary = "<summary>What the fields mean</summary>"
    return f'<details class="about">{summary}<dl>{told}</dl></details>'


def _explained(spec: Spec, trail: str) -> Iterator[tuple[Spec, str]]:
    """Fields of the rows of a list, and of the lists and parts in them, with their names."""
    for field in spec.fields:
        name = f"{trail}.{field.field}"
        if field.help and field.widget != "hidden":
            yield field, name
        yield from _explained(field, name)
    if spec.item is not None:
        yield from _explained(spec.item, f"{trail}.*" if spec.item.item else trail)


def _meaning(spec: Spec, name: str) -> str:
    terms = spec.vocabulary if spec.vocabulary and len(spec.vocabulary) <= MOST_CHOICES else ()
    listed = "".join(
        f"<li><b>{escape(term.label)}</b>: {escape(term.definition)}</li>" for term in terms
    )
    more = f"<dd><ul>{listed}</ul></dd>" if listed else ""
    term = f"<dt>{escape(spec.label)}</dt>"
    return f'{term}<dd id="h-{escape(name)}">{escape(spec.help)}</dd>{more}'
