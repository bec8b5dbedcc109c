import pytest

from governance.kinds import KINDS
from kb.documents.plans import Value, plan, shape_at
from kb.filters import DateFilter, ExistsFilter, TermFilter

PATHS = [
    *((kind, field) for kind in KINDS for field in (*kind.summary_fields, kind.date_field)),
    *(
        (kind, each.path)
        for kind in KINDS
        for each in kind.filters
        if isinstance(each, TermFilter | ExistsFilter)
    ),
]


@pytest.mark.parametrize(("kind", "path"), PATHS, ids=lambda value: getattr(value, "name", value))
def test_what_lists_show_and_filter_by_is_in_the_schema(kind, path):
    assert shape_at(plan(kind.schema), tuple(path.split("."))) is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_filter_by_date_has_both_ends_in_the_table_of_its_kind(kind):
    columns = {table._meta.db_table: {f.name for f in table._meta.fields} for table in kind.tables}
    dates = [each for each in kind.filters if isinstance(each, DateFilter)]

    assert all(
        {f"{each.column}_earliest", f"{each.column}_latest"} <= columns[each.table]
        for each in dates
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_date_of_a_kind_is_a_column_and_a_filter(kind):
    shapes = plan(kind.schema).shapes
    columns = {f.name.removesuffix("_earliest") for f in kind.tables[0]._meta.fields}
    filtered = {each.column for each in kind.filters if isinstance(each, DateFilter)}
    names = {"proposed", "founded", "dissolved", "adopted", "in_force", "ended", "start", "end"}
    dated = {name for name in (*names, "issued", "accessed") if isinstance(shapes.get(name), Value)}

    assert dated <= columns
    assert filtered == dated
