import socket

import pytest


@pytest.mark.parametrize("address", ["198.51.100.7", "example.org", "0.0.0.0"])
def test_no_test_reaches_another_machine(address):
    with socket.socket() as connection:
        connection.settimeout(1)
        with pytest.raises(OSError, match="a test tried to reach"):
            connection.connect((address, 80))
        with pytest.raises(OSError, match="a test tried to reach"):
            connection.connect_ex((address, 80))


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as connection:
        connection.connect(server.getsockname())
