"""Where credentialed cases may go: the data use agreement allows Azure OpenAI, Vertex AI, and servers of
one's own."""

import ipaddress
import socket
from urllib.parse import urlsplit

from patientsim_core.case import Case
from patientsim_core.errors import InputError
from patientsim_core.models.providers import OFFLINE, address_of, split_name
from patientsim_core.models.settings import Settings

OWN_SERVERS = "PATIENTSIM_OWN_SERVERS"
"""Variable with the names of hosts that the user answers for, separated by commas."""

_AZURE = (".azure.com", ".azure.us", ".azure.cn", ".azure-api.net")
_GOOGLE = (".googleapis.com",)
_PRIVATE = [
    ipaddress.ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]


def check_permission(case: Case, model: str, settings: Settings | None = None) -> None:
    """Raises InputError, before anything is sent, where a credentialed case may not go to a model."""
    if case.provenance != "credentialed" or model == OFFLINE:
        return
    settings = settings or Settings()
    provider, _ = split_name(model)
    if provider.key in ("openai", "gemini"):
        raise InputError(
            f"{model}: this case is credentialed data, which its data use agreement keeps from "
            f"{provider.label}. Use offline, azure:, vertex:, or vllm: with your server. Nothing was sent."
        )
    host = urlsplit(address_of(model, settings)).hostname or ""
    own = {name.strip().lower() for name in (settings.get(OWN_SERVERS) or "").split(",")}
    clouds = {"azure": _AZURE, "vertex": _GOOGLE}.get(provider.key, ())
    at_home = provider.key == "vertex" and not host  # Google's own address
    if not (at_home or host.endswith(clouds) or host in own or is_private(host)):
        raise InputError(
            f"{model}: this case is credentialed data, and {host} is neither {provider.label} on an address "
            f"of its own nor on this machine or a private network. If the server is yours, add its name to "
            f"{OWN_SERVERS}. Nothing was sent."
        )


def is_private(host: str) -> bool:
    """Whether a host is this machine or on a private network, by all addresses that its name has."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in found]
    return bool(addresses) and all(any(one in block for block in _PRIVATE) for one in addresses)
