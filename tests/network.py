"""Keeps tests on this machine."""

import ipaddress
import socket

import pytest


def block_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes connecting to any address but this machine's own fail."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))


def _local_only(connect):
    def checked(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise OSError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return checked


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
