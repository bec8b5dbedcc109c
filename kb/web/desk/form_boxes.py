"""The boxes of a form: HTML for one value, and for what stands around it."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from kb.documents.form_actions import BUTTON
from kb.documents.form_fields import ENTRY_NAME, RAW, FormNode
from kb.documents.form_specs import MOST_CHOICES, Spec
from kb.documents.vocabulary import Vocabulary
from kb.publication.body import readable_date

UNKNOWN = "This form does not know the field. Empty it to leave it out."
MISFIT = (
    "What stands here does not fit the field, so it is shown as JSON. Empty it and save to get the"
    " usual box."
)
DATE_HELP = "A date as exact as its source: YYYY, YYYY-MM or YYYY-MM-DD."  # as the schema says
KEY_HELP = "The key of another "
FEW_FIELDS = 3  # of a row that stands open always, as a source
MOVES = (("up", "Move up", "↑"), ("down", "Move down", "↓"), ("remove", "Remove", "Remove"))

SMALL_MOVES = (*MOVES[:2], ("remove", "Remove", "×"))

Choices = tuple[tuple[str, str], ...]  # (value, label)

YES_NO: Choices = (("true", "Yes"), ("false", "No"))


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def hidden_json(name: str, text: str) -> str:
    """In single quotes, as JSON is full of double ones, which would take six characters each."""
    value = text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return f'<input type="hidden" name="{escape(name)}" value=\'{value}\'>'


def line(attributes: str, value: str) -> str:
    """One line of text. Never `type=number` or `url`: browsers drop what does not fit these."""
    return f'<input type="text"{attributes} value="{escape(value)}" autocomplete="off">'


def textarea(attributes: str, value: str) -> str:
    """A line feed first: HTML drops one there. Source: HTML, "restrictions on textarea"."""
    rows = min(max(value.count("\n") + 1, len(value) // 70 + 1), 24)
    return f'<textarea{attributes} rows="{rows}">\n{escape(value)}</textarea>'


def select(attributes: str, value: str, choices: Choices) -> str:
    """A choice; a value that is none of the choices is one more.

    Options have no end tags, which may be left out. Source: HTML, "optional tags".
    """
    options = _options(choices)
    chosen = f'<option value="{escape(value)}"'
    if value and chosen not in options:
        options += f"{chosen}>{escape(value)} (not a term)</option>"
    return f"<select{attributes}>{options.replace(chosen, f'{chosen} selected', 1)}</select>"


@lru_cache(maxsize=256)
def _options(choices: Choices) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(label)}' for value, label in (("", "—"), *choices)
    )


@lru_cache(maxsize=256)
def choices_of(vocabulary: Vocabulary) -> Choices:
    return tuple((term.value, term.label) for term in vocabulary)


def datalist(vocabulary: Vocabulary) -> str:
    """The terms of a vocabulary that is too long for a choice, to be picked by typing."""
    options = "".join(
        f'<option value="{escape(value)}">{escape(label)}'
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


def one(label: str) -> str:
    """ "Argument" as "an argument"."""
    return f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label.lower()}"


def adding(what: str, where: str, act: str, list_id: str, trail: str) -> str:
    """The button below a list that adds a row."""
    return (
        f'<button name="{BUTTON}" value="{escape(act)}" class="add"'
        f' formaction="#{escape(list_id)}" data-template="t-{escape(trail)}">'
        f'Add {escape(what)}<span class="v"> to {escape(where)}</span></button>'
    )


def tools(name: str, title: str, *, is_small: bool = False) -> str:
    """Buttons that move and remove a row."""
    back_to = f"f-{name.rpartition('.')[0]}"
    marks = SMALL_MOVES if is_small else MOVES
    buttons = (_tool(verb, label, mark, name, title, back_to) for verb, label, mark in marks)
    return f'<div class="acts">{"".join(buttons)}</div>'


def closed(name: str, value: str, title: str) -> str:
    """A row or part by its title alone, with all that it holds in one hidden field.

    `title`: in HTML. The script of the form adds the buttons that move and remove a row: of
    hundreds, they would weigh more than what the rows say. Without it, “Edit” brings them.
    """
    return (
        f'{hidden_json(name + RAW, value)}<button name="{BUTTON}" value="open:{escape(name)}"'
        f' class="t" formaction="#f-{escape(name)}">{title} <span>Edit</span></button>'
    )


def _tool(verb: str, label: str, mark: str, name: str, title: str, back_to: str) -> str:
    return (
        f'<button name="{BUTTON}" value="{verb}:{escape(name)}" formaction="#{escape(back_to)}"'
        f' aria-label="{label}: {escape(title)}">{mark}</button>'
    )


def sources(node: FormNode, count: str, inner: str, *, is_open: bool = False) -> str:
    """The sources of one field, closed until somebody wants to see them."""
    opened = " open" if is_open else ""
    summary = f'<summary>Sources<span class="v"> of {escape(node.label)}</span>{count}</summary>'
    return f'<details class="cited"{opened}>{summary}{inner}</details>'


# --- one field ------------------------------------------------------------------------------


def date_echo(text: str) -> str:
    """What a date was understood as; nothing for what is no date, or says the same."""
    told = readable_date(text.strip())
    return "" if told == text.strip() else told


def echo(node: FormNode, told: str) -> str:
    """What was understood of what was typed."""
    return f'<output class="echo" id="d-{escape(node.id)}">{escape(told)}</output>'


def label(node: FormNode) -> str:
    return f'<label for="{escape(node.id)}">{escape(node.label)}{need(node.spec)}</label>'


def term(node: FormNode, attributes: str) -> str:
    """A choice; of a long vocabulary the term is typed, with suggestions of the browser."""
    vocabulary = node.spec.vocabulary
    assert vocabulary is not None
    if len(vocabulary) <= MOST_CHOICES:
        return select(attributes, node.value, choices_of(vocabulary))
    told = vocabulary.label_of(node.value) if node.value in vocabulary else ""
    listed = f' list="v-{escape(vocabulary.name)}"'
    return line(attributes + listed, node.value) + echo(node, told)


def raw(node: FormNode) -> str:
    """A value that no other box can show."""
    is_unknown = node.spec.widget == "raw"
    name = node.name if is_unknown else node.name + RAW
    known = hidden(node.name.rpartition(".")[0], node.entry or "") if is_unknown else ""
    id_ = escape(node.id)
    about = f"r-{id_} e-{id_}" if node.problems else f"r-{id_}"
    attributes = f' id="{id_}" name="{escape(name)}" spellcheck="false" aria-describedby="{about}"'
    hint = f'<p class="hint" id="r-{id_}">{UNKNOWN if is_unknown else MISFIT}</p>'
    box = f"{label(node)}{textarea(attributes, node.value)}{hint}{problems(node)}"
    return f'<div class="field raw wrong">{known}{box}</div>'


def entry(node: FormNode) -> str:
    """The key of an entry of a map."""
    name = escape(node.name + ENTRY_NAME)
    box = line(f' id="f-{name}" name="{name}"', node.entry or "")
    return f'<div class="field line"><label for="f-{name}">For</label>{box}</div>'


# --- what the fields of a list mean, once for all its rows -----------------------------------


def meanings(spec: Spec, trail: str) -> str:
    """The explanations that the fields of the rows of a list refer to."""
    told = "".join(_meaning(field, name) for field, name in _explained(spec, trail))
    if not told:
        return ""
    summary = "<summary>What the fields mean</summary>"
    return f'<details class="about">{summary}<dl>{told}</dl></details>'


def is_explained(spec: Spec) -> bool:
    """Whether a field has an explanation beside it.

    How dates are written is said once for all, and entries are found by name.
    """
    if spec.widget == "reference" and spec.help.startswith(KEY_HELP):
        return False
    return spec.widget != "hidden" and spec.help not in ("", DATE_HELP)


def has_small_rows(spec: Spec) -> bool:
    return spec.widget == "rows" and spec.item is not None and is_small(spec.item)


def is_small(item: Spec) -> bool:
    """Whether a row has so few fields that it stands open always."""
    shown = [field for field in item.fields if field.widget != "hidden"]
    return len(shown) <= FEW_FIELDS and not any(field.item for field in (item, *shown))


def _explained(spec: Spec, trail: str) -> Iterator[tuple[Spec, str]]:
    """Fields of the rows of a list, and of the lists and parts in them, with their names.

    Rows of a few fields, as sources, are the same in every list, and explain themselves.
    """
    if has_small_rows(spec):
        return
    for field in spec.fields:
        name = f"{trail}.{field.field}"
        if is_explained(field) and not has_small_rows(field):
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
