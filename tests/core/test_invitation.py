"""An invitation survives being pasted, and a damaged one says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.invitation import Invitation, kind_of, parse, render
from core.refusals import Refusal
from core.vocabulary import Role

KEY = "k" * 40
INVITATION = Invitation(
    name="Ana Rojas",
    role=Role.DISPATCHER,
    addresses=("zmq://127.0.0.1:8701", "ws://127.0.0.1:8700/api/v1/feed"),
    token="header.body.signature",
    curve_key=KEY,
)


@given(name=st.text(), token=st.text())
def test_what_is_rendered_can_be_parsed(name, token):
    invitation = Invitation(
        name=name, role=Role.ADMINISTRATOR, addresses=("wss://tower.example/api/v1/feed",), token=token
    )
    assert parse(render(invitation)) == invitation


def test_line_breaks_from_a_mail_do_not_matter():
    line = render(INVITATION)
    assert parse(f"  {line[:30]}\n  {line[30:]}\r\n") == INVITATION


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invitation.not_one"),
        ("hello", "invitation.not_one"),
        ("tower1:", "invitation.damaged"),
        ("tower1:!!!", "invitation.damaged"),
        (render(INVITATION)[:-9], "invitation.damaged"),
    ],
)
def test_what_is_no_whole_invitation_is_refused(text, code):
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("addresses", "key", "code"),
    [
        ((), "", "invitation.damaged"),
        (("http://127.0.0.1",), "", "address.scheme_unknown"),
        (("zmq://127.0.0.1:1",), "", "invitation.damaged"),
    ],
)
def test_an_invitation_that_leads_nowhere_is_refused(addresses, key, code):
    text = render(Invitation(name="", role=Role.DISPATCHER, addresses=addresses, token="t", curve_key=key))
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert refusal.value.code == code


def test_addresses_are_found_by_transport():
    assert INVITATION.address_for("websocket") == "ws://127.0.0.1:8700/api/v1/feed"
    assert INVITATION.address_for("zeromq") == "zmq://127.0.0.1:8701"
    assert kind_of("wss://x") == "websocket"
