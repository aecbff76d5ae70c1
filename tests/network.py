"""Keeps tests on this machine, and the machine's keys out of tests."""

import ipaddress
import os
import socket

import pytest

KEYS = ("OPENAI_", "AZURE_", "GOOGLE_", "GEMINI_", "GENAI_", "VLLM_", "PATIENTSIM_OWN")
"""How the variables begin that set up a model service."""


def hide_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes keys, addresses and proxies out of the environment."""
    for name in list(os.environ):
        if name.startswith(KEYS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def block_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes connecting and sending to any address but this machine's own fail, and looking up any name but
    localhost. Without proxies: one on this machine would lead out of it."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _local_only(getattr(socket.socket, name)))
    monkeypatch.setattr(socket.socket, "sendto", _local_only(socket.socket.sendto))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, _no_look_up(getattr(socket, name)))
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def _local_only(reach):
    def checked(self, *arguments):
        address = arguments[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise OSError(f"a test tried to reach {address[0]}")
        return reach(self, *arguments)

    return checked


def _no_look_up(look_up):
    def checked(host, *rest, **more):
        if host not in (None, "", b"") and not _is_numeric(host) and not _is_local(host):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {host}")
        return look_up(host, *rest, **more)

    return checked


def _is_local(host: str) -> bool:
    try:
        return host in ("localhost", b"localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_numeric(host: str | bytes) -> bool:
    """Whether a host is an address already, in any of the ways to write one."""
    host = host.decode() if isinstance(host, bytes) else host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            socket.inet_aton(host)
        except (OSError, UnicodeError):
            return False
    return True
