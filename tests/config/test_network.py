"""The harness itself: a test that leaves the machine fails."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_nothing_leaves_the_machine():
    with pytest.raises(SocketConnectBlockedError), socket.socket() as client:
        client.connect(("192.0.2.1", 80))
