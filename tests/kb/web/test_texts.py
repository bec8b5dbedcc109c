"""Pages of text."""

from kb.editing.permissions import RULES


def test_who_may_do_what_is_told_in_public_for_every_action(visitor):
    html = visitor.get("/about/").content.decode()

    for rule in RULES.values():
        assert f'<th scope="row">{rule.label}</th>' in html
    approving = html.split('<th scope="row">Approve</th>')[1].split("</tr>")[0]
    cells = [cell.split("<")[0] for cell in approving.split("<td>")[1:]]
    assert cells == ["–", "–", "what others wrote", "what others wrote", "–"]
